/** One step of an octave as one graph: picture in, picture out. */
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
import { steepnessOf } from '../unit-step.ts'

export const pictureInput = 'step/picture'
export const rateInput = 'step/rate'
export const maskInput = 'step/mask'

export interface StepForm {
  readonly shaping: Shaping
  readonly edges: Edges
  readonly masked: boolean
}

export interface StepGraph {
  readonly model: Model
  /** Output: the next picture. */
  readonly next: string
  /** Output: what the shaped gradient was divided by. */
  readonly magnitude: string
  /** Output: mean magnitude of the gradient as the network gives it. */
  readonly steepness: string
  readonly shift: ShiftInputs
  /** Inputs beside the picture. */
  readonly fed: readonly string[]
}

export const infoOf = ({ name, dataType, dims }: Value): ValueInfo => ({ name, type: { kind: 'tensor', dataType, shape: dims } })
export const floats = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })

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
  const gradient = shift.shiftedBack(after, floats(tile.gradient, dims))
  const rate = floats(rateInput, [])
  const mask = form.masked ? floats(maskInput, [1, 1, height, width]) : undefined
  const next = emitRule(after, { picture: floats(pictureInput, dims), gradient, rate, mask }, form.shaping)
  after.enter('steepness')
  const steepness = steepnessOf(after, gradient).size
  const fed = [...graph.inputs.filter(({ name }) => name !== displayInput), ...[rate, ...(mask ? [mask] : []), ...shift.values].map(infoOf)]
  return {
    next: next.picture.name, magnitude: next.magnitude.name, steepness: steepness.name, shift, fed: fed.map(({ name }) => name),
    model: {
      ...tile.model,
      graph: {
        ...graph,
        nodes: [...before.nodes, entry, ...graph.nodes, ...after.nodes],
        initializers: new Map([...graph.initializers, ...before.initializers, ...after.initializers]),
        inputs: [infoOf(floats(pictureInput, dims)), ...fed],
        outputs: [...graph.outputs.filter(({ name }) => name !== tile.gradient), ...[next.picture, next.magnitude, steepness].map(infoOf)],
      },
    },
  }
}
