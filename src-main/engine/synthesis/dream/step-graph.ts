/** One step of an octave as one graph: picture in, picture out; and what is behind the network of it alone, for pictures that are looked at in tiles. */
import { Emit } from '../../autodiff/emit.ts'
import type { Value } from '../../autodiff/emit.ts'
import type { LoweringTarget } from '../../autodiff/lowering/target.ts'
import { displayInput } from '../../network/network.ts'
import { attributesOf } from '../../onnx/attributes.ts'
import { opsetOf } from '../../onnx/model.ts'
import type { Model, ValueInfo } from '../../onnx/model.ts'
import { emitRule } from './rule.ts'
import type { Shaping } from './rule.ts'
import { ShiftInputs } from './shift.ts'
import type { Edges } from './shift.ts'
import type { TileGraph } from './tile-graph.ts'
import { meanMagnitude } from '../unit-step.ts'

export const pictureInput = 'step/picture'
export const gradientInput = 'step/gradient'
export const rateInput = 'step/rate'
export const maskInput = 'step/mask'

export interface Manner {
  readonly shaping: Shaping
  readonly masked: boolean
}

export interface RuleGraph {
  readonly model: Model
  /** Output: the next picture. */
  readonly next: string
  /** Output: what the shaped gradient was divided by. */
  readonly magnitude: string
  /** Output: mean magnitude of the gradient as the network gives it. */
  readonly steepness: string
}

export interface StepGraph extends RuleGraph {
  readonly shift: ShiftInputs
  /** Inputs beside the picture. */
  readonly fed: readonly string[]
}

export interface StepForm extends Manner { readonly edges: Edges }

const infoOf = ({ name, dataType, dims }: Value): ValueInfo => ({ name, type: { kind: 'tensor', dataType, shape: dims } })
const floats = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })

interface Emitted { readonly inputs: readonly Value[]; readonly outputs: readonly Value[]; readonly names: Omit<RuleGraph, 'model'> }

function emitFrom(emit: Emit, gradient: Value, { shaping, masked }: Manner): Emitted {
  const [, , height = 1, width = 1] = gradient.dims
  const picture = floats(pictureInput, gradient.dims)
  const rate = floats(rateInput, [])
  const mask = masked ? floats(maskInput, [1, 1, height, width]) : undefined
  const next = emitRule(emit, { picture, gradient, rate, mask }, shaping)
  emit.enter('steepness')
  const steepness = meanMagnitude(emit, gradient)
  return { inputs: [picture, rate, ...(mask ? [mask] : [])], outputs: [next.picture, next.magnitude, steepness], names: { next: next.picture.name, magnitude: next.magnitude.name, steepness: steepness.name } }
}

/** Of a picture that is one tile. */
export function buildStepGraph(tile: TileGraph, dims: readonly number[], form: StepForm, target: LoweringTarget): StepGraph {
  const { graph } = tile.model
  const [, , height = 1, width = 1] = dims
  const opset = opsetOf(tile.model)
  const shift = new ShiftInputs({ height, width }, form.edges)
  const before = new Emit({ target, opset, prefix: 'shift' })
  const seen = shift.shifted(before, floats(pictureInput, dims))
  const entry = { name: displayInput, opType: 'Identity', domain: '', inputs: [seen.name], outputs: [displayInput], attributes: attributesOf({}) }
  const after = new Emit({ target, opset, prefix: 'step' })
  const { inputs, outputs, names } = emitFrom(after, shift.shiftedBack(after, floats(tile.gradient, dims)), form)
  const fed = [...graph.inputs.filter(({ name }) => name !== displayInput), ...[...inputs, ...shift.values].filter(({ name }) => name !== pictureInput).map(infoOf)]
  return {
    ...names, shift, fed: fed.map(({ name }) => name),
    model: {
      ...tile.model,
      graph: {
        ...graph,
        nodes: [...before.nodes, entry, ...graph.nodes, ...after.nodes],
        initializers: new Map([...graph.initializers, ...before.initializers, ...after.initializers]),
        inputs: [infoOf(floats(pictureInput, dims)), ...fed],
        outputs: [...graph.outputs.filter(({ name }) => name !== tile.gradient), ...outputs.map(infoOf)],
      },
    },
  }
}

/** Of a picture whose gradient is fed. */
export function buildRuleGraph(dims: readonly number[], manner: Manner, target: LoweringTarget): RuleGraph {
  const emit = new Emit({ target, opset: 18, prefix: 'step' })
  const gradient = floats(gradientInput, dims)
  const { inputs, outputs, names } = emitFrom(emit, gradient, manner)
  return {
    ...names,
    model: {
      irVersion: 8, opsets: new Map([['', 18]]), producerName: 'phosphene', producerVersion: '', domain: '', modelVersion: 1, doc: '', metadata: new Map(), functions: [],
      graph: { name: 'step', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), inputs: [...inputs, gradient].map(infoOf), outputs: outputs.map(infoOf) },
    },
  }
}
