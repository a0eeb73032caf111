/** Runs a synthesis: a seeded picture that is moved, step by step, to excite what was asked for. */
import { AppError } from '#contract/errors.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import { specialize, normalizedModel } from '../network/compute-model.ts'
import { displayChannels } from '../network/display-space.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import { floatTensor, hostTensorOf } from '../runtime/host-tensor.ts'
import type { FloatTensor, HostTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { StepSession } from '../runtime/session.ts'
import type { PictureShape } from './define-parameterisation.ts'
import { find, objectives, optimisers, parameterisations, transforms } from './registries.ts'
import { buildPictureGraph, buildStepGraph, gridInput, rateInput, zerosOf } from './step-graph.ts'
import type { WeightedObjective } from './step-graph.ts'
import { resolveUnit } from './unit.ts'
import type { UnitRequest } from './unit.ts'
import { drawGrid } from './viewpoint.ts'

export interface SynthesisRequest {
  /** Weighted sum of these; a negative weight asks for the opposite. */
  readonly objectives: readonly { readonly id: string; readonly weight: number; readonly unit: UnitRequest }[]
  readonly parameterisation: string
  /** By id: pixels of jitter, degrees of rotation, share of scale, probability of a flip. */
  readonly transforms: Readonly<Record<string, number>>
  readonly optimiser: string
  /** The optimiser's own where absent. */
  readonly rate?: number | undefined
  readonly steps: number
  readonly seed: number
  /** Pictures made side by side from different beginnings. */
  readonly batch: number
}

export interface SynthesisControls {
  readonly runtime: Runtime
  readonly network: Network
  readonly display: DisplaySpace
  readonly signal?: AbortSignal | undefined
  /** After every step: the objective's value, summed over the batch. */
  readonly onStep?: (step: number, value: number) => void
}

export interface Synthesis {
  /** [batch, C, H, W] in display space. */
  readonly picture: FloatTensor
  /** The objective at every step, as the network saw it through that step's viewpoint. */
  readonly values: readonly number[]
}

/** Small enough that a unit's parts stay together, large enough that noise between them does not pay (Olah et al. 2017). */
export function defaultTransforms({ preprocessing: { height, width } }: DisplaySpace): Readonly<Record<string, number>> {
  return { scale: 0.05, rotate: 5, jitter: Math.max(1, Math.round(Math.min(height, width) / 20)) }
}

/** Viewpoints drawn from seeds of their own: a run that is resumed sees the same. */
const streams = { picture: 1, viewpoint: 2 } as const

/** Throws 'layer-invalid', 'target-invalid', 'option-invalid', 'gradient-refused', 'cancelled'. */
export async function synthesize(request: SynthesisRequest, { runtime, network, display, signal, onStep }: SynthesisControls): Promise<Synthesis> {
  if (!Number.isInteger(request.steps) || request.steps < 1) throw new AppError('option-invalid', `The number of steps is ${request.steps}; it has to be a whole number above 0.`)
  const parameterisation = find(parameterisations, request.parameterisation, 'parameterisation')
  const optimiser = find(optimisers, request.optimiser, 'optimiser')
  const applied = Object.entries(request.transforms).map(([id, amount]) => ({ transform: find(transforms, id, 'transform'), amount })).filter(({ amount }) => amount !== 0)
  const weighted = request.objectives.map(({ id, weight, unit }): WeightedObjective => {
    const objective = find(objectives, id, 'objective')
    return { objective, weight, ...resolveUnit(network, display, unit, objective.takesUnit) }
  })

  const { preprocessing } = display
  const shape: PictureShape = { batch: request.batch, channels: displayChannels(display), height: preprocessing.height, width: preprocessing.width }
  const initial = parameterisation.initial(shape, createRandom(streamSeed(request.seed, streams.picture)))
  const parameters = Object.fromEntries(Object.entries(initial).map(([name, { dims }]) => [name, dims]))
  const { inUse } = await runtime.device()
  const target = runtime.loweringOf(inUse)
  const step = buildStepGraph({ network: atBatch(network, display, shape), shape, parameterisation, parameters, objectives: weighted, optimiser, target })
  const session = await runtime.openSteps(step.model, {
    device: inUse, lane: 'synthesis', loop: step.loop,
    initial: { ...initial, ...Object.fromEntries(Object.entries(step.memory).map(([name, dims]) => [name, hostTensorOf(zerosOf(dims))])) },
  })
  try {
    const values: number[] = []
    const scalar = (value: number): HostTensor => floatTensor([], Float32Array.of(value))
    for (let t = 1; t <= request.steps; t++) {
      if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.')
      const grid = drawGrid(createRandom(streamSeed(streamSeed(request.seed, streams.viewpoint), t)), applied, shape.batch, shape)
      const feeds = Object.fromEntries(Object.entries(optimiser.feeds(t)).map(([name, value]) => [name, scalar(value)]))
      const { [step.value]: value } = await session.step({ [gridInput]: grid, [rateInput]: scalar(request.rate ?? optimiser.rate), ...feeds }, [step.value], signal ? { signal } : {})
      values.push(Number(value?.data[0]))
      onStep?.(t, values.at(-1) ?? NaN)
    }
    return { picture: await pictureOf(session, request.parameterisation, parameters, shape, runtime, target), values }
  } finally {
    await session.dispose()
  }
}

/** The network from pictures in display space on, for this batch. */
function atBatch(network: Network, display: DisplaySpace, { batch, height, width, channels }: PictureShape) {
  const { input, layout } = display.preprocessing
  const declared = network.inputs.find(({ name }) => name === input)?.dims ?? []
  const dims = declared.length === 4 ? (layout === 'NHWC' ? [batch, height, width, channels] : [batch, channels, height, width]) : [batch, ...declared.slice(1)]
  return specialize(normalizedModel(network.original), { dims: { [input]: dims }, batch, display }).model
}

async function pictureOf(session: StepSession, id: string, parameters: Readonly<Record<string, readonly number[]>>, shape: PictureShape, runtime: Runtime, target: LoweringTarget): Promise<FloatTensor> {
  const { model, output } = buildPictureGraph(find(parameterisations, id, 'parameterisation'), parameters, shape, target)
  const decoder = await runtime.open(model, { lane: 'synthesis' })
  try {
    const { [output]: picture } = await decoder.run(await session.readState(Object.keys(parameters)), [output])
    return floatTensor([shape.batch, shape.channels, shape.height, shape.width], picture?.data as Float32Array)
  } finally {
    await decoder.dispose()
  }
}
