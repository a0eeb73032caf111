/** All units of all layers asked at once: of every unit, its largest value, where that is, and its mean, as outputs of one graph. */
import type { Layer } from '#contract/graph.ts'
import { appendEmitted } from '../autodiff/append-emitted.ts'
import { Emit } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import { int } from '../onnx/attributes.ts'
import { pruneTo } from '../onnx/extract.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Model, ValueInfo } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { networkAt } from '../synthesis/ascent.ts'
import { flattened, positionsOf, unitAxis } from '../synthesis/define-objective.ts'
import type { LayerValue } from '../synthesis/define-objective.ts'

export interface SurveyedLayer {
  readonly id: string
  readonly title: string
  readonly tensor: string
  readonly units: number
  /** Extent of a unit's map; 1 x 1 of a vector, tokens x 1 of tokens. */
  readonly height: number
  readonly width: number
  readonly channelsLast: boolean
}

/** Names of a layer's outputs, each [batch, units]. */
export const outputsOf = ({ id }: Pick<SurveyedLayer, 'id'>): { readonly most: string; readonly place: string; readonly mean: string } => ({ most: `survey/${id}/most`, place: `survey/${id}/place`, mean: `survey/${id}/mean` })

/** Layers whose output has units, once each tensor. */
export function surveyedLayers(network: Network): SurveyedLayer[] {
  const seen = new Set<string>()
  return network.structure.layers.flatMap((layer): SurveyedLayer[] => {
    const extent = extentOf(layer)
    if (!extent || layer.kind === 'input' || seen.has(layer.outputTensor) || !network.facts.has(layer.outputTensor)) return []
    seen.add(layer.outputTensor)
    return [{ id: layer.id, title: layer.title, tensor: layer.outputTensor, channelsLast: layer.view.type === 'maps' && layer.view.channelsLast === true, ...extent }]
  })
}

function extentOf({ view }: Layer): Pick<SurveyedLayer, 'units' | 'height' | 'width'> | undefined {
  switch (view.type) {
    case 'maps': return { units: view.channels, height: view.height, width: view.width }
    case 'vector': return { units: view.units, height: 1, width: 1 }
    case 'tokens': return { units: view.units, height: view.tokens, width: 1 }
    case 'none': return undefined
  }
}

/** From `displayInput` [batch, C, H, W] to `outputsOf` every layer, and to the values of `also` as they are. */
export function buildSurveyGraph(network: Network, display: DisplaySpace, layers: readonly SurveyedLayer[], also: readonly string[], target: LoweringTarget): Model {
  const batch = 1
  const { height, width, channels } = { ...display.preprocessing, channels: display.preprocessing.channels === 'GRAY' ? 1 as const : 3 as const }
  const model = pruneTo(networkAt(network, display, { batch, channels, height, width, ground: 0.5, alpha: false, colors: 'photographs' }), [...new Set([...layers.map(({ tensor }) => tensor), ...also])])
  const facts = inferShapes(model)
  const emit = new Emit({ target, opset: opsetOf(model), prefix: 'survey' })
  const outputs: ValueInfo[] = []
  const output = (name: string, made: string, dataType: 'float32' | 'int64', dims: readonly number[]): void => {
    emit.nodes.push({ name, opType: 'Identity', domain: '', inputs: [made], outputs: [name], attributes: new Map() })
    outputs.push({ name, type: { kind: 'tensor', dataType, shape: dims } })
  }
  for (const layer of layers) {
    const dims = staticDims(facts.get(layer.tensor)?.shape ?? [null]) ?? [batch, layer.units, layer.height, layer.width]
    const value: LayerValue = { value: { name: layer.tensor, dataType: 'float32', dims }, channelsLast: layer.channelsLast }
    const names = outputsOf(layer)
    const units = dims[unitAxis(value)] ?? layer.units
    emit.enter(layer.id)
    const flat = positionsOf(value) === 1 ? emit.reshape(value.value, [batch, units, 1]) : flattened(emit, value)
    const [place] = emit.node('ArgMax', [flat], { axis: int(2), keepdims: int(0) }, [{ dataType: 'int64', dims: [batch, units] }])
    output(names.most, emit.reduceMax(flat, [2]).name, 'float32', [batch, units])
    output(names.place, place?.name ?? '', 'int64', [batch, units])
    output(names.mean, emit.reduceMean(flat, [2]).name, 'float32', [batch, units])
  }
  return appendEmitted(model, emit, { outputs: [...model.graph.outputs.filter(({ name }) => also.includes(name)), ...outputs], valueInfos: new Map() })
}
