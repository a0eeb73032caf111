/** The weights of a network as pictures. */
import type { KernelLayer } from '#contract/activations.ts'
import { AppError } from '#contract/errors.ts'
import { indexGraph } from '../onnx/graph.ts'
import type { Network } from '../network/network.ts'
import { findPictureInput } from '../preprocessing/picture-input.ts'
import { kernelOrder } from './kernel-order.ts'
import type { KernelSort } from './kernel-order.ts'
import { inputsOf, kernelNorms, kernelView } from './kernel-view.ts'
import type { KernelView } from './kernel-view.ts'
import { statisticsOf } from './statistics.ts'
import { createTracer, elementsAlong } from './trace-unit.ts'

export interface KernelSheetRequest {
  readonly layer: string
  readonly offset: number
  readonly count: number
  /** Input channels of each kernel at most. */
  readonly inputs: number
  readonly sort: KernelSort
  /** The network reads blue first: colour kernels are turned to red first. */
  readonly bgr: boolean
}

export interface KernelSheetData {
  readonly title: string
  readonly dims: readonly [number, number, number, number]
  readonly data: Float32Array
  readonly outputs: number[]
  readonly totalOutputs: number
  readonly inputs: number[]
  readonly totalInputs: number
  readonly extent: number
  readonly norms: number[]
  readonly color: boolean
}

export interface Kernels {
  /** Every layer with weights, in the order of the network. Lets go of the thread between layers. */
  layers(): Promise<KernelLayer[]>
  /** Throws 'layer-invalid' for a layer without weights. */
  sheet(request: KernelSheetRequest): KernelSheetData
  /** L2 norm of each output's kernel; undefined for a layer without weights. */
  norms(layer: string): readonly number[] | undefined
}

/** A kernel as maps: [inputs, height, width]. */
interface Maps { readonly inputs: number; readonly height: number; readonly width: number }

export function createKernels(network: Network): Kernels {
  const graph = indexGraph(network.original.graph)
  const tracer = createTracer(network, graph, (value) => network.inputs.some(({ name }) => name === value) || isWeighted(graph.producers.get(value)?.opType))
  const views = network.structure.layers.flatMap((layer) => kernelView(network, layer) ?? [])
  const described = new Map<string, KernelLayer>()
  const orders = new Map<string, number[]>()
  const normsByLayer = new Map<string, number[]>()

  function find(layer: string): KernelView {
    const view = views.find((each) => each.layer.id === layer)
    if (!view) throw new AppError('layer-invalid', `The layer '${layer}' has no weights to show. Layers with weights: ${views.slice(0, 5).map((each) => `'${each.layer.id}'`).join(', ')}${views.length > 5 ? ', …' : ''}.`)
    return view
  }

  const isColor = (view: KernelView): boolean => !view.dense && view.groups === 1 && view.inputsPerGroup === 3
    && tracer.trace(elementsAlong(view.read, view.readRank, view.readAxis, 3)).some(({ value }) => value === findPictureInput(network.inputs)?.name)

  /** A dense layer that reads flattened maps (or the picture itself) is shown as maps over them. */
  function mapsOf(view: KernelView): Maps {
    if (!view.dense) return { inputs: view.inputsPerGroup, height: view.extent.length > 1 ? view.extent.at(-2)! : 1, width: view.extent.at(-1) ?? 1 }
    const flat: Maps = { inputs: view.inputsPerGroup, height: 1, width: 1 }
    const picture = findPictureInput(network.inputs)
    for (let value = view.read; ;) {
      const [, channels = 1, height = 1, width = 1] = shapeOf(network, value) ?? []
      if (shapeOf(network, value)?.length === 4 && channels * height * width === view.inputsPerGroup && height * width > 1) return { inputs: channels, height, width }
      if (value === picture?.name && picture.layout === 'NCHW' && picture.channels * picture.height * picture.width === view.inputsPerGroup) return { inputs: picture.channels, height: picture.height, width: picture.width }
      const node = graph.producers.get(value)
      if (!node || !passedOver.has(node.opType)) return flat
      value = node.inputs[0] ?? ''
    }
  }

  function norms(view: KernelView): number[] {
    const known = normsByLayer.get(view.layer.id) ?? kernelNorms(view)
    normsByLayer.set(view.layer.id, known)
    return known
  }

  function describe(view: KernelView): KernelLayer {
    const { layer } = view
    const known = described.get(layer.id)
    if (known) return known
    const statistics = statisticsOf(view.data)
    const maps = mapsOf(view)
    const kernel: KernelLayer = {
      layer: layer.id, title: layer.title, outputs: view.outputs, inputsPerGroup: maps.inputs, kernel: [maps.height, maps.width], groups: view.groups,
      parameters: layer.parameters, extent: Math.max(Math.abs(statistics.min), Math.abs(statistics.max)), statistics, color: isColor(view), dense: view.dense,
    }
    described.set(layer.id, kernel)
    return kernel
  }

  return {
    async layers() {
      const list: KernelLayer[] = []
      for (const view of views) {
        list.push(describe(view))
        await new Promise((resolve) => setImmediate(resolve))
      }
      return list
    },

    sheet({ layer, offset, count, inputs: mostInputs, sort, bgr }) {
      const view = find(layer)
      const maps = mapsOf(view)
      const key = `${layer}\n${sort}`
      const order = orders.get(key) ?? kernelOrder(view, sort)
      orders.set(key, order)
      const outputs = order.slice(offset, offset + count)
      const color = isColor(view)
      const inputs = Array.from({ length: Math.min(maps.inputs, mostInputs) }, (_, input) => input)
      const area = maps.height * maps.width
      const data = new Float32Array(outputs.length * inputs.length * area)
      const weights = view.data
      let to = 0
      for (const output of outputs) {
        for (const input of color && bgr ? inputs.toReversed() : inputs) {
          for (let place = 0; place < area; place++) data[to++] = weights[view.dense ? view.offset(output, input * area + place) : view.offset(output, input) + place]!
        }
      }
      return {
        title: view.layer.title, dims: [outputs.length, inputs.length, maps.height, maps.width], data, outputs, totalOutputs: view.outputs,
        inputs, totalInputs: view.dense ? maps.inputs : inputsOf(view), extent: describe(view).extent, norms: norms(view), color,
      }
    },

    norms(layer) {
      const view = views.find((each) => each.layer.id === layer)
      return view && norms(view)
    },
  }
}

const passedOver = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout', 'Relu', 'LeakyRelu', 'Cast'])
const isWeighted = (op: string | undefined): boolean => op === 'Conv' || op === 'ConvTranspose' || op === 'Gemm' || op === 'MatMul'

function shapeOf(network: Network, value: string): readonly number[] | undefined {
  const shape = network.facts.get(value)?.shape
  return shape?.every((dim): dim is number => typeof dim === 'number') ? shape : undefined
}
