/** The loss of a picture and its gradient, in one run or tile by tile. */
import { AppError } from '#contract/errors.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import type { Extent } from './backbone.ts'
import type { NetworkGrain } from './grain.ts'
import { lossGraph, measuringGraph, stepGraph, tileGraph } from './graphs.ts'
import type { Counts, Held } from './graphs.ts'
import { addSums, measureContent, sessionOptions, squaresOf, tileMasks, wholeHeight, wholeWidth } from './looker.ts'
import type { MaskOf, Picture, Surroundings } from './looker.ts'
import { names } from './plan.ts'
import type { StylePlan } from './plan.ts'
import { addTile, cropTile } from './tiles.ts'
import type { Tiling } from './tiles.ts'

export interface Weights {
  /** [layer of style][style] */
  readonly style: readonly (readonly number[])[]
  readonly content: readonly number[]
  readonly smoothness: number
}

export interface Evaluation {
  readonly loss: number
  /** Before weights. */
  readonly style: readonly (readonly number[])[]
  readonly content: readonly number[]
  readonly variation: number
  /** [1, C, H, W] of the weighted sum. */
  readonly gradient: Float32Array
}

export interface Evaluator {
  evaluate(x: Float32Array, weights: Weights, signal?: AbortSignal): Promise<Evaluation>
  dispose(): Promise<void>
}

export interface EvaluatorRequest {
  readonly plan: StylePlan
  readonly content: Picture
  readonly targets: Held
  readonly tiling: Tiling
  /** Absent where one tile is the whole picture. */
  readonly grain: NetworkGrain | undefined
  readonly maskOf: MaskOf | undefined
  /** Features of the content are kept up to that many bytes, and computed anew at every step beyond. */
  readonly cacheBytes: number
}

export const openEvaluator = (request: EvaluatorRequest, place: Surroundings): Promise<Evaluator> => (request.tiling.tiles.length === 1 ? openWhole(request, place) : openTiled(request, place))

async function openWhole({ plan, content, targets, tiling, maskOf }: EvaluatorRequest, { runtime, source, target, signal }: Surroundings): Promise<Evaluator> {
  const options = sessionOptions(source)
  const { tile } = tiling
  const layers = [...new Set([...plan.style, ...plan.content])]
  const held: Record<string, FloatTensor> = { ...targets }
  const elements = source.channels * tile.height * tile.width
  if (plan.content.length > 0) {
    const seen = source.at(tile, plan.content)
    const session = await runtime.open(measuringGraph(plan, seen, target, { style: false, content: true, masked: false }), options)
    try {
      Object.assign(held, await measureContent(session, plan, floatTensor([1, source.channels, tile.height, tile.width], content.data), seen.picture.name, signal))
    } finally {
      await session.dispose()
    }
    for (const layer of plan.content) held[names.contentNorm(layer)] = scalar(normOf(squaresOf(held[names.content(layer)]!, false)))
  }
  const backbone = source.at(tile, layers)
  const counts: Counts = (layer, region) => sumOf(maskOf?.(layer, region, extentOf(backbone.taps.get(layer))).data) ?? positions(backbone.taps.get(layer))
  if (maskOf)
    for (const layer of plan.style)
      for (let region = 0; region < plan.regions; region++) {
        const { data } = maskOf(layer, region, extentOf(backbone.taps.get(layer)))
        held[names.mask(layer, region)] = floatTensor([1, data.length], data)
      }
  const session = await runtime.open(stepGraph({ plan, backbone, counts, held, target, elements }), options)
  const dims = backbone.picture.dims
  return {
    async evaluate(x, weights, aborted) {
      const results = await session.run({ [backbone.picture.name]: floatTensor(dims, x), ...fed(plan, weights, session.inputNames) }, session.outputNames, aborted ? { signal: aborted } : {})
      const read = (name: string): Float32Array => (results[name]?.data ?? new Float32Array()) as Float32Array
      return weighted(plan, weights, { style: read(names.styleLosses), content: read(names.contentLosses), variation: read(names.variationLoss)[0] ?? 0, gradient: read(names.gradient) })
    },
    dispose: () => session.dispose(),
  }
}

async function openTiled({ plan, content, targets, tiling, grain, maskOf, cacheBytes }: EvaluatorRequest, { runtime, source, target, signal }: Surroundings): Promise<Evaluator> {
  if (!grain) throw new AppError('bug', 'Internal error: tiles without their grain. Please report it.')
  const backbone = source.at(tiling.tile, [...new Set([...plan.style, ...plan.content])])
  const options = sessionOptions(source)
  const { picture } = backbone
  const elements = source.channels * tiling.picture.height * tiling.picture.width
  const wholeOf = (layer: string): Extent => {
    const [tap, stride] = [backbone.taps.get(layer)!, grain.strides.get(layer) ?? 1]
    return { height: wholeHeight(tiling, tap, stride), width: wholeWidth(tiling, tap, stride) }
  }
  const counts: Counts = (layer, region) => sumOf(maskOf?.(layer, region, wholeOf(layer)).data) ?? positions(wholeOf(layer))
  const masks = tiling.tiles.map((tile) => () => tileMasks(plan, backbone, tiling, tile, grain, maskOf))
  const crop = (from: Float32Array, index: number): FloatTensor => cropTile(from, source.channels, tiling, tiling.tiles[index]!)
  const session = {
    features: plan.content.length > 0 ? await runtime.open(measuringGraph(plan, source.at(tiling.tile, plan.content), target, { style: false, content: true, masked: false }), options) : undefined,
    measure: await runtime.open(measuringGraph(plan, source.at(tiling.tile, plan.style), target, { style: true, content: false, masked: true }), options),
    loss: await runtime.open(lossGraph(plan, backbone.taps, counts, targets, target), options),
    tile: await runtime.open(tileGraph({ plan, backbone, counts, held: {}, target, elements }), options),
  }
  const cache = new Map<number, Held>()
  let cachedBytes = 0
  const featuresOf = async (index: number, aborted: AbortSignal | undefined): Promise<Held> => {
    const known = cache.get(index)
    if (known || !session.features) return known ?? {}
    const features = await measureContent(session.features, plan, crop(content.data, index), picture.name, aborted)
    const bytes = Object.values(features).reduce((sum, { data }) => sum + data.byteLength, 0)
    if (cachedBytes + bytes <= cacheBytes) {
      cache.set(index, features)
      cachedBytes += bytes
    }
    return features
  }
  const squares = plan.content.map(() => 0)
  if (plan.content.length > 0)
    for (const index of tiling.tiles.keys()) {
      const [features, cores] = [await featuresOf(index, signal), masks[index]!()]
      plan.content.forEach((layer, at) => { squares[at]! += squaresOf(features[names.content(layer)]!, backbone.taps.get(layer)!.channelsLast, cores[names.core(layer)]!.data) })
    }
  const norms = Object.fromEntries(plan.content.map((layer, at) => [names.contentNorm(layer), scalar(normOf(squares[at]!))]))

  return {
    async evaluate(x, weights, aborted) {
      const controls = aborted ? { signal: aborted } : {}
      const sums: Record<string, FloatTensor> = {}
      for (const index of tiling.tiles.keys()) addSums(sums, await session.measure.run(named(session.measure.inputNames, { [picture.name]: crop(x, index), ...masks[index]!() }), session.measure.outputNames, controls))
      const global = await session.loss.run(named(session.loss.inputNames, { ...sums, ...fed(plan, weights, session.loss.inputNames) }), session.loss.outputNames, controls)
      const gradient = new Float32Array(x.length)
      const contentLosses = new Float32Array(plan.content.length)
      let variation = 0
      for (const [index, tile] of tiling.tiles.entries()) {
        const feeds = { [picture.name]: crop(x, index), ...masks[index]!(), ...global, ...norms, ...await featuresOf(index, aborted), ...fed(plan, weights, session.tile.inputNames), [names.pictureCore]: pictureCore(tiling, index) }
        const results = await session.tile.run(named(session.tile.inputNames, feeds), session.tile.outputNames, controls)
        addTile(gradient, results[names.gradient]!.data as Float32Array, source.channels, tiling, tile)
        ;(results[names.contentLosses]?.data as Float32Array | undefined)?.forEach((value, at) => { contentLosses[at]! += value })
        variation += Number(results[names.variationLoss]?.data[0])
      }
      return weighted(plan, weights, { style: global[names.styleLosses]!.data as Float32Array, content: contentLosses, variation, gradient })
    },
    async dispose() {
      for (const each of Object.values(session)) await each?.dispose()
      cache.clear()
    },
  }
}

/** [1, 1, H, W] of a tile: 1 where its pixels count. */
function pictureCore({ tile, tiles }: Tiling, index: number): FloatTensor {
  const { rows, columns } = tiles[index]!
  const data = new Float32Array(tile.height * tile.width)
  for (let row = rows.from - rows.start; row < rows.to - rows.start; row++) data.fill(1, row * tile.width + columns.from - columns.start, row * tile.width + columns.to - columns.start)
  return floatTensor([1, 1, tile.height, tile.width], data)
}

/** Those that the session reads. */
const named = (inputs: readonly string[], feeds: HostTensors): HostTensors => Object.fromEntries(inputs.flatMap((name) => { const feed = feeds[name]; return feed ? [[name, feed]] : [] }))

function fed(plan: StylePlan, { style, content, smoothness }: Weights, inputs: readonly string[]): HostTensors {
  return named(inputs, {
    [names.styleWeights]: floatTensor([plan.style.length, plan.regionOfStyle.length], Float32Array.from(style.flat())),
    [names.contentWeights]: floatTensor([plan.content.length], Float32Array.from(content)),
    [names.variationWeight]: scalar(smoothness),
  })
}

interface Raw { readonly style: Float32Array; readonly content: Float32Array; readonly variation: number; readonly gradient: Float32Array }

/** Style losses come layer by layer, region by region, and within one style by style. */
function weighted(plan: StylePlan, weights: Weights, { style: flat, content, variation, gradient }: Raw): Evaluation {
  const order = Array.from({ length: plan.regions }, (_, region) => plan.regionOfStyle.flatMap((at, style) => (at === region ? [style] : []))).flat()
  const style = plan.style.map((_, row) => plan.regionOfStyle.map((_, each) => flat[row * order.length + order.indexOf(each)] ?? NaN))
  const loss = style.reduce((sum, row, at) => sum + row.reduce((part, value, each) => part + value * (weights.style[at]?.[each] ?? 0), 0), 0)
    + content.reduce((sum, value, at) => sum + value * (weights.content[at] ?? 0), 0) + variation * weights.smoothness
  return { loss, style, content: [...content], variation, gradient }
}

const scalar = (value: number): FloatTensor => floatTensor([], Float32Array.of(value))
/** A content of nothing but zeros (a black picture without biases) has no features to keep. */
const normOf = (squares: number): number => Math.max(squares, 1e-12)
const sumOf = (data: Float32Array | undefined): number | undefined => data && Math.max(data.reduce((sum, value) => sum + value, 0), 1e-6)
const positions = (extent: Extent | undefined): number => (extent?.height ?? 0) * (extent?.width ?? 0)
const extentOf = (extent: Extent | undefined): Extent => ({ height: extent?.height ?? 0, width: extent?.width ?? 0 })
