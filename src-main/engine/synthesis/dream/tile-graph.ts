/** The gradient of the targets with respect to one tile of the picture, as one graph. */
import { AppError } from '#contract/errors.ts'
import { appendEmitted } from '../../autodiff/append-emitted.ts'
import { differentiate } from '../../autodiff/differentiate.ts'
import { Emit } from '../../autodiff/emit.ts'
import type { Value } from '../../autodiff/emit.ts'
import type { LoweringTarget } from '../../autodiff/lowering/target.ts'
import { activationBytes } from '../../network/activation-bytes.ts'
import { specialize } from '../../network/compute-model.ts'
import type { Specialized } from '../../network/compute-model.ts'
import { displayChannels } from '../../network/display-space.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import { inWords } from '../../network/in-words.ts'
import { displayInput } from '../../network/network.ts'
import { pruneTo } from '../../onnx/extract.ts'
import { opsetOf } from '../../onnx/model.ts'
import type { Model, ValueInfo } from '../../onnx/model.ts'
import { inferShapes } from '../../onnx/shapes/infer-shapes.ts'
import { staticDims } from '../../onnx/shapes/dims.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { Extent } from './octaves.ts'
import { buildObjective, channelsInput, weightInput } from './target.ts'
import type { ResolvedTarget } from './target.ts'

export interface TileGraph {
  readonly model: Model
  /** Output [1, C, height, width]: d (weighted sum of the targets) / d picture. */
  readonly gradient: string
  /** By target: its value, summed over the tile. */
  readonly values: readonly string[]
  /** By target: elements of its layer in the tile. */
  readonly elements: readonly number[]
  /** By target: output that holds the sums of its channels over the tile, where they were asked for. */
  readonly sums: readonly (string | undefined)[]
}

const floats = ({ name, dims }: Value): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape: dims } })

/** The network from pictures in display space of that extent on. Throws 'shape-mismatch' where it cannot be computed at all at that extent. */
export function networkAt(normalized: Model, display: DisplaySpace, { height, width }: Extent): Specialized {
  const { input, layout } = display.preprocessing
  const channels = displayChannels(display)
  const declared = normalized.graph.inputs.find(({ name }) => name === input)?.type
  const rank = declared?.kind === 'tensor' ? declared.shape?.length : undefined
  const elements = channels * height * width
  const dims = rank !== undefined && rank !== 4 ? [1, elements].slice(0, rank) : layout === 'NHWC' ? [1, height, width, channels] : [1, channels, height, width]
  return specialize(normalized, { dims: { [input]: dims }, batch: 1, display: { ...display, preprocessing: { ...display.preprocessing, height, width } } })
}

/** Whether every target has an element at that extent. */
export function reaches({ facts }: Specialized, targets: readonly ResolvedTarget[]): boolean {
  return targets.every(({ tensor }) => {
    const dims = staticDims(facts.get(tensor)?.shape)
    return dims !== undefined && elementCount(dims) > 0
  })
}

/** Throws 'gradient-missing' or 'gradient-refused' where the network cannot be differentiated between a layer and the picture. */
export function buildTileGraph({ model: network, facts }: Specialized, targets: readonly ResolvedTarget[], guideColumns: readonly number[], target: LoweringTarget): TileGraph {
  const part = pruneTo(network, [...new Set(targets.map(({ tensor }) => tensor))])
  const others = part.graph.inputs.filter(({ name }) => name !== displayInput)
  if (others.length > 0) throw new AppError('input-required', `The network also reads ${others.map(({ name }) => `'${name}'`).join(', ')}: only networks of one picture can dream.`)
  const emit = new Emit({ target, opset: opsetOf(network), prefix: 'dream' })
  const built = targets.map((each, index) => {
    const dims = staticDims(facts.get(each.tensor)?.shape) ?? []
    return { ...buildObjective(emit, each, { name: each.tensor, dataType: 'float32', dims }, index, guideColumns[index] ?? 0), elements: elementCount(dims) }
  })
  const weights = targets.map((_, index): Value => ({ name: weightInput(index), dataType: 'float32', dims: [] }))
  const total = built.map(({ value }, index) => emit.mul(value, weights[index]!)).reduce((sum, term) => emit.add(sum, term))
  const forward = appendEmitted(part, emit, {
    inputs: [...part.graph.inputs, ...weights.map(floats), ...built.flatMap(({ inputs }) => inputs.map(floats))],
    outputs: [{ name: total.name }],
    valueInfos: new Map(),
  })
  const values = built.map(({ value }) => value.name)
  // The sum of weighted channels is linear in their weights: its derivative with respect to them is what each channel sums to.
  const ranked = targets.map(({ measured }, index) => (measured ? channelsInput(index) : undefined))
  const wrt = [displayInput, ...ranked.filter((name) => name !== undefined)]
  const { model, gradients } = inWords([[displayInput, 'the picture'], [total.name, targets.map(({ title }) => `'${title}'`).join(', ')]], () => differentiate(forward, inferShapes(forward), { of: { kind: 'sum', tensor: total.name }, wrt }, { target, keep: values }))
  return { model, gradient: gradients.get(displayInput) ?? '', values, elements: built.map(({ elements }) => elements), sums: ranked.map((name) => name && gradients.get(name)) }
}

/** Bytes of everything computed in the forward pass: about half of what a gradient holds at its peak. */
export const forwardBytes = ({ model, facts }: Specialized, targets: readonly ResolvedTarget[]): number => activationBytes(pruneTo(model, [...new Set(targets.map(({ tensor }) => tensor))]), facts)
