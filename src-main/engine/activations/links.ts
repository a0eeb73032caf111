/** Which units a unit is connected to, through the weights between neighbouring layers. */
import type { UnitLink } from '#contract/activations.ts'
import type { Layer } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import { indexGraph } from '../onnx/graph.ts'
import type { Network } from '../network/network.ts'
import { connection, firstInputOf, inputsOf, kernelView } from './kernel-view.ts'
import type { KernelView } from './kernel-view.ts'
import { createTracer, elementsAlong } from './trace-unit.ts'
import type { Tracer } from './trace-unit.ts'

export interface Links { readonly incoming: UnitLink[]; readonly outgoing: UnitLink[] }

export interface LinkFinder {
  /** The strongest `count` on either side, by L1 norm. Throws 'layer-invalid' and 'target-invalid'. */
  find(layer: string, unit: number, count: number): Links
}

/**
 * Layers with weights (and the model's input) are where ways end; pools, joins and the like are passed through, and have links of
 * weight one to what they pass on.
 */
export function createLinkFinder(network: Network): LinkFinder {
  const { layers } = network.structure
  const graph = indexGraph(network.original.graph)
  const views = new Map<string, KernelView>()
  for (const layer of layers) {
    const view = kernelView(network, layer)
    if (view) views.set(layer.id, view)
  }
  /** Value -> the layer that ends a way, and the axis of its units there. */
  const ends = new Map<string, End>()
  for (const { layer, node } of views.values()) ends.set(node.outputs[0] ?? '', { layer, axis: node.opType === 'MatMul' ? (rank) => rank - 1 : () => 1 })
  for (const layer of layers) if (layer.kind === 'input') ends.set(layer.outputTensor, { layer, axis: unitAxis(layer) })
  const toWeights = createTracer(network, graph, (value) => ends.has(value))
  /** By layer with weights: for each of its inputs, the units that it comes from. */
  const sourcesByLayer = new Map<string, readonly (readonly Source[])[]>()

  /** By input of the layer, the units that it comes from. */
  function sourcesOf(view: KernelView, tracer: Tracer, endAt: (value: string) => End | undefined): readonly (readonly Source[])[] {
    const sources: Source[][] = Array.from({ length: inputsOf(view) }, () => [])
    for (const { value, tags, at } of tracer.trace(elementsAlong(view.read, view.readRank, view.readAxis, inputsOf(view)))) {
      const end = endAt(value)
      const units = end && at[end.axis(at.length)]
      if (end && units) tags.forEach((input, index) => { sources[input]?.push({ layer: end.layer.id, unit: units[index]! }) })
    }
    return sources
  }
  function knownSources(view: KernelView): readonly (readonly Source[])[] {
    const known = sourcesByLayer.get(view.layer.id) ?? sourcesOf(view, toWeights, (value) => ends.get(value))
    sourcesByLayer.set(view.layer.id, known)
    return known
  }

  function incoming(layer: Layer, unit: number): UnitLink[] {
    const view = views.get(layer.id)
    if (!view) return passedOn(layer, unit)
    const sources = knownSources(view)
    const first = firstInputOf(view, unit)
    const { data } = view
    return gather(function* () {
      for (let input = 0; input < view.inputsPerGroup; input++) {
        const { sum, norm } = connection(view, data, unit, input)
        for (const source of sources[first + input] ?? []) yield { ...source, weight: sum, norm }
      }
    })
  }

  /** What a layer without weights passes on in that unit. */
  function passedOn(layer: Layer, unit: number): UnitLink[] {
    if (layer.kind === 'input') return []
    const rank = layer.shape.length
    const found = toWeights.trace(elementsAlong(layer.outputTensor, rank, unitAxis(layer)(rank), unitsOf(layer)))
    return found.flatMap(({ value, tags, at }) => {
      const end = ends.get(value)
      const place = tags.indexOf(unit)
      return end && place >= 0 ? [{ layer: end.layer.id, unit: at[end.axis(at.length)]?.[place] ?? 0, weight: 1, norm: 1 }] : []
    })
  }

  function outgoing(layer: Layer, unit: number): UnitLink[] {
    const isEnd = views.has(layer.id) || layer.kind === 'input'
    return gather(function* () {
      for (const view of readersBehind(layer)) {
        const { data } = view
        const sources = isEnd ? knownSources(view) : sourcesThrough(view, layer)
        for (let input = 0; input < sources.length; input++) {
          if (!sources[input]!.some((source) => source.layer === layer.id && source.unit === unit)) continue
          const group = Math.floor(input / view.inputsPerGroup)
          const outputsPerGroup = view.outputs / view.groups
          for (let output = group * outputsPerGroup; output < (group + 1) * outputsPerGroup; output++) {
            const { sum, norm } = connection(view, data, output, input % view.inputsPerGroup)
            yield { layer: view.layer.id, unit: output, weight: sum, norm }
          }
        }
      }
    })
  }

  /** Sources of a layer, as far as they pass through one without weights. */
  function sourcesThrough(view: KernelView, layer: Layer): readonly (readonly Source[])[] {
    const tracer = createTracer(network, graph, (value) => value === layer.outputTensor || ends.has(value))
    return sourcesOf(view, tracer, (value) => (value === layer.outputTensor ? { layer, axis: unitAxis(layer) } : undefined))
  }

  /** Layers with weights that are reached from a layer without passing another one. */
  function readersBehind(layer: Layer): KernelView[] {
    const byId = new Map(layers.map((each) => [each.id, each]))
    const found: KernelView[] = []
    const seen = new Set<string>()
    const open = [...layer.outputs]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      const view = views.get(id)
      if (view) found.push(view)
      else open.push(...(byId.get(id)?.outputs ?? []))
    }
    return found
  }

  return {
    find(id, unit, count) {
      const layer = layers.find((each) => each.id === id)
      if (!layer) throw new AppError('layer-invalid', `The model has no layer '${id}'.`)
      const units = unitsOf(layer)
      if (unit >= units) throw new AppError('target-invalid', `Unit ${unit} does not exist: '${layer.title}' has ${units}${units > 0 ? `, 0 to ${units - 1}` : ''}.`)
      const strongest = (links: UnitLink[]): UnitLink[] => links.sort((a, b) => b.norm - a.norm).slice(0, count)
      return { incoming: strongest(incoming(layer, unit)), outgoing: strongest(outgoing(layer, unit)) }
    },
  }
}

interface Source { readonly layer: string; readonly unit: number }
interface End { readonly layer: Layer; readonly axis: (rank: number) => number }

/** Links to the same unit are one: a dense layer reads every position of a map by a weight of its own. */
function gather(links: () => Iterable<UnitLink>): UnitLink[] {
  const byUnit = new Map<string, UnitLink>()
  for (const link of links()) {
    const key = `${link.unit}\n${link.layer}`
    const known = byUnit.get(key)
    byUnit.set(key, known ? { ...known, weight: known.weight + link.weight, norm: known.norm + link.norm } : link)
  }
  return [...byUnit.values()]
}

export function unitsOf({ view }: Layer): number {
  return view.type === 'maps' ? view.channels : view.type === 'none' ? 0 : view.units
}

/** The axis along which a layer's units lie in its output, by that output's rank. */
function unitAxis({ view, shape }: Layer): (rank: number) => number {
  if (view.type === 'maps') return (rank) => (view.channelsLast ? rank - 1 : rank - 3)
  if (view.type === 'tokens') return (rank) => rank - 1
  const axis = shape.findIndex((dim, index) => index > 0 && dim !== 1)
  return (rank) => (axis < 0 ? rank - 1 : axis)
}
