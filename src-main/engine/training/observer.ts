/** Gathers what the doctor and the workspace see of a run, beyond its losses. */
import type { Epoch, Finding, Metrics, Recipe } from '#contract/training.ts'
import type { Tensor } from '../onnx/model.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { dataFactsOf } from './doctor/data-facts.ts'
import { examine } from './doctor/examine.ts'
import { LayerTally } from './doctor/layer-facts.ts'
import type { DataFacts, EpochObservation, LayerFacts, LayerStep, StartObservation, StepObservation } from './doctor/observation.ts'
import { Evaluator } from './evaluator.ts'
import type { Evaluation } from './evaluator.ts'
import type { BuiltNetwork } from './network.ts'
import type { PreparedData } from './prepare.ts'
import { streams } from './sampler.ts'

export interface ObserverOptions {
  readonly runtime: Runtime
  readonly lane: string
  readonly data: PreparedData
  readonly network: BuiltNetwork
}

interface EpochFacts {
  readonly validation: Metrics
  readonly predicted: Int32Array
  readonly answers: Float32Array
  readonly trainProbe: Pick<Metrics, 'loss' | 'score'>
  readonly augmentedProbe: Pick<Metrics, 'loss' | 'score' | 'recall'> | undefined
  readonly contradicted: number
  readonly layers: readonly LayerFacts[]
}

const probeExamples = 1000
const layerExamples = 64
/** Every layer's values of these are held. */
const layerExamplesAtOnce = 8

export class Observer {
  readonly #options: ObserverOptions
  readonly #trainProbe: Int32Array
  readonly #validationProbe: Int32Array
  /** Weights whose updates are measured, and their layers. */
  readonly kernels: readonly string[]
  readonly #layerOf: ReadonlyMap<string, string>
  #facts: DataFacts | undefined
  #start: StartObservation | undefined
  #last: EpochFacts | undefined
  readonly #epochs: EpochObservation[] = []

  constructor(options: ObserverOptions) {
    this.#options = options
    const { data, network } = options
    const probe = (indices: Int32Array, stream: number): Int32Array => Int32Array.from(createRandom(streamSeed(data.recipe.seed, stream)).shuffle([...indices]).slice(0, probeExamples))
    this.#trainProbe = probe(data.parts.train, streams.probe)
    this.#validationProbe = probe(data.parts.validation, streams.probe)
    const layers = network.layers.filter((layer) => layer.kernel !== undefined)
    this.#layerOf = new Map(layers.map((layer) => [layer.kernel ?? '', layer.id]))
    this.kernels = [...this.#layerOf.keys()].filter((kernel) => network.parameters.has(kernel))
  }

  /** Of the weights before the first update. */
  begin({ validation, layers }: EpochFacts): void {
    this.#start = { validation, layers }
  }

  /** Of a run that goes on: epochs before it, without what was not written down. */
  recall(history: readonly Epoch[], stepsPerEpoch: number): void {
    this.#epochs.push(...history.map(({ epoch, rate, train, validation }) => ({ epoch, step: epoch * stepsPerEpoch, rate, train, validation, layers: [] })))
  }

  async evaluate(weights: ReadonlyMap<string, Tensor>, signal: AbortSignal): Promise<EpochFacts> {
    // One behind the other: a network is judged in the memory that training takes.
    const judged = await this.#judge(weights, signal)
    return { ...judged, layers: await this.#layerFacts(weights) }
  }

  async epoch(weights: ReadonlyMap<string, Tensor>, signal: AbortSignal): Promise<EpochFacts> {
    this.#last = await this.evaluate(weights, signal)
    return this.#last
  }

  async #judge(weights: ReadonlyMap<string, Tensor>, signal: AbortSignal): Promise<Omit<EpochFacts, 'layers'>> {
    const { runtime, lane, data, network } = this.#options
    const evaluator = await Evaluator.open(runtime, network, weights, data, { lane })
    try {
      const whole: Evaluation = await evaluator.evaluate(data.parts.validation, { signal })
      const { metrics: train } = await evaluator.evaluate(this.#trainProbe, { signal })
      const augments = Object.values(data.recipe.augment).some((amount) => amount !== 0 && amount !== false)
      const augmented = augments ? (await evaluator.evaluate(this.#validationProbe, { seed: streamSeed(data.recipe.seed, streams.probe), signal })).metrics : undefined
      return {
        validation: whole.metrics, predicted: whole.predicted, answers: whole.answers, contradicted: whole.contradicted,
        trainProbe: { loss: train.loss, score: train.score }, augmentedProbe: augmented,
      }
    } finally {
      await evaluator.dispose()
    }
  }

  async #layerFacts(weights: ReadonlyMap<string, Tensor>): Promise<LayerFacts[]> {
    const { runtime, lane, data, network } = this.#options
    const layers = network.layers.filter((layer) => layer.kernel !== undefined)
    const shown = layers.map((layer) => layer.output)
    const tallies = layers.map(({ id, activation }) => new LayerTally(id, activation))
    const probe = await Evaluator.open(runtime, network, weights, data, { lane, shown })
    try {
      for (let start = 0; start < layerExamples; start += layerExamplesAtOnce) {
        const indices = this.#validationProbe.subarray(start, Math.min(layerExamples, start + layerExamplesAtOnce))
        if (indices.length === 0) break
        const values = await probe.run(indices, undefined, shown.filter((name) => name !== network.output))
        layers.forEach(({ output }, index) => { const tensor = values[output]; if (tensor) tallies[index]?.add(tensor.data as Float32Array, tensor.dims) })
      }
      return tallies.filter(({ examples }) => examples > 0).map((tally) => tally.facts())
    } finally {
      await probe.dispose()
    }
  }

  /** Norms of each kernel's gradient, weight and update. */
  layerSteps(before: Readonly<Record<string, HostTensor>>, after: Readonly<Record<string, HostTensor>>, parameters: readonly string[], squares: Float32Array): LayerStep[] {
    return this.kernels.map((kernel) => {
      const [was, is] = [before[kernel]?.data as Float32Array, after[kernel]?.data as Float32Array]
      let weight = 0
      let update = 0
      for (let index = 0; index < was.length; index++) {
        weight += was[index]! ** 2
        update += (is[index]! - was[index]!) ** 2
      }
      return { layer: this.#layerOf.get(kernel) ?? kernel, gradientNorm: Math.sqrt(squares[parameters.indexOf(kernel)] ?? 0), weightNorm: Math.sqrt(weight), updateNorm: Math.sqrt(update) }
    })
  }

  /** What the doctor says, with `record` the epoch that just ended, if one did. */
  async findings({ recipe, steps, record, step, stepsPerEpoch, finished, parameters }: { readonly recipe: Recipe; readonly steps: readonly StepObservation[]; readonly record: Epoch | undefined; readonly step: number; readonly stepsPerEpoch: number; readonly finished: boolean; readonly parameters: number }): Promise<Finding[]> {
    const { data, network } = this.#options
    const { dataset, parts, standardization, targetStandardization, summary } = data
    if (record && this.#last) {
      const { validation, trainProbe, augmentedProbe, contradicted, layers } = this.#last
      this.#epochs.push({ epoch: record.epoch, step, rate: record.rate, train: record.train, validation, trainProbe, ...(augmentedProbe ? { augmentedProbe } : {}), contradicted, layers })
    }
    this.#facts ??= forNet(recipe, dataFactsOf({ dataset, train: parts.train, validation: parts.validation, standardization, ...(targetStandardization ? { targetStandardization } : {}), duplicates: summary.duplicates }))
    return Promise.resolve(examine({
      recipe, data: this.#facts, stepsPerEpoch, steps, epochs: this.#epochs, finished, ...(this.#start ? { start: this.#start } : {}),
      net: { parameters, layers: network.layers.map(({ id, title, parameters: count }) => ({ id, title, parameters: count })) },
    }))
  }
}

/** What an opened model makes of pictures is standardised as a whole: its features are as they were trained, each with its own range. */
function forNet({ net }: Recipe, facts: DataFacts): DataFacts {
  return net.kind === 'model' ? { ...facts, input: { ...facts.input, means: [facts.input.mean], stds: [facts.input.std] } } : facts
}
