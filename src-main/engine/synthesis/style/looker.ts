/** Looks at pictures through the backbone, whole or tile by tile: sums of statistics, and features of the content. */
import { invariant } from '#contract/errors.ts'
import type { LoweringTarget } from '../../autodiff/lowering/target.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { Runtime, SessionOptions } from '../../runtime/runtime.ts'
import type { Session } from '../../runtime/session.ts'
import type { Backbone, BackboneSource, Extent } from './backbone.ts'
import type { NetworkGrain } from './grain.ts'
import { measuringGraph } from './graphs.ts'
import type { Held } from './graphs.ts'
import { layersOf, names } from './plan.ts'
import type { StylePlan } from './plan.ts'
import { coreOf, cropTile } from './tiles.ts'
import type { Tile, Tiling } from './tiles.ts'

/** A picture in display space, [1, C, height, width]. */
export interface Picture extends Extent { readonly data: Float32Array }

/** Weights of a region over the positions of a layer of the whole picture. */
export type MaskOf = (layer: string, region: number, extent: Extent) => { readonly data: Float32Array; readonly width: number }

export interface Surroundings {
  readonly runtime: Runtime
  readonly source: BackboneSource
  readonly target: LoweringTarget
  readonly signal?: AbortSignal | undefined
}

export const lane = 'synthesis'
/** Of sessions that look through the network. */
export const sessionOptions = ({ network }: BackboneSource): SessionOptions => ({ lane, weights: network })

/** Inputs of a tile that say what of it counts. */
export function tileMasks(plan: StylePlan, backbone: Backbone, tiling: Tiling, tile: Tile, grain: NetworkGrain, maskOf: MaskOf | undefined): Record<string, FloatTensor> {
  const masks: Record<string, FloatTensor> = {}
  for (const layer of layersOf(plan)) {
    const tap = backbone.taps.get(layer)
    const stride = grain.strides.get(layer)
    invariant(tap && stride, `'${layer}' is not of this backbone`)
    const plain = coreOf(tiling, tile, tap, stride)
    if (plan.content.includes(layer)) masks[names.core(layer)] = plain
    if (!plan.style.includes(layer)) continue
    const whole = { height: wholeHeight(tiling, tap, stride), width: wholeWidth(tiling, tap, stride) }
    for (let region = 0; region < plan.regions; region++) masks[names.mask(layer, region)] = maskOf ? coreOf(tiling, tile, tap, stride, maskOf(layer, region, whole)) : plain
  }
  return masks
}

/** Extent of a layer of the whole picture, from that of its tiles: both end on the same grid. */
export const wholeHeight = ({ picture, tile }: Tiling, tap: Extent, stride: number): number => tap.height + (picture.height - tile.height) / stride
export const wholeWidth = ({ picture, tile }: Tiling, tap: Extent, stride: number): number => tap.width + (picture.width - tile.width) / stride

/** The sums S and s of every layer over a whole picture without regions, and the number of positions of each layer. */
export async function measureStyle(plan: StylePlan, picture: Picture, tiling: Tiling, grain: NetworkGrain | undefined, { runtime, source, target, signal }: Surroundings): Promise<{ readonly sums: Held; readonly counts: Readonly<Record<string, number>> }> {
  const single: StylePlan = { ...plan, regions: 1, regionOfStyle: [0], masked: false, content: [] }
  const backbone = source.at(tiling.tile, single.style)
  const whole = tiling.tiles.length === 1
  const session = await runtime.open(measuringGraph(single, backbone, target, { style: true, content: false, masked: !whole }), sessionOptions(source))
  try {
    const sums: Record<string, FloatTensor> = {}
    for (const tile of tiling.tiles) {
      const masks = whole || !grain ? {} : tileMasks(single, backbone, tiling, tile, grain, undefined)
      addSums(sums, await session.run({ [backbone.picture.name]: cropTile(picture.data, source.channels, tiling, tile), ...masks }, session.outputNames, signal ? { signal } : {}))
    }
    const counts = Object.fromEntries([...backbone.taps].map(([layer, tap]) => {
      const stride = grain?.strides.get(layer) ?? 1
      return [layer, whole ? tap.height * tap.width : wholeHeight(tiling, tap, stride) * wholeWidth(tiling, tap, stride)]
    }))
    return { sums, counts }
  } finally {
    await session.dispose()
  }
}

export function addSums(sums: Record<string, FloatTensor>, results: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: unknown }>>): void {
  for (const [name, { dims, data }] of Object.entries(results)) {
    const part = data as Float32Array
    const sum = sums[name]?.data
    if (sum) for (let index = 0; index < sum.length; index++) sum[index]! += part[index]!
    else sums[name] = floatTensor(dims, part.slice())
  }
}

/** Features of the content, by layer, and |P|^2 over the positions that count. */
export async function measureContent(session: Session, plan: StylePlan, tile: FloatTensor, pictureName: string, signal: AbortSignal | undefined): Promise<Held> {
  const results = await session.run({ [pictureName]: tile }, plan.content.map(names.content), signal ? { signal } : {})
  return Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, floatTensor(dims, data as Float32Array)]))
}

/** Sum of squares over the positions of `core` (all where absent); features [1, C, h, w] or, channels last, [1, h, w, C]. */
export function squaresOf({ dims, data }: FloatTensor, channelsLast: boolean, core?: Float32Array): number {
  let sum = 0
  if (!core) for (const value of data) sum += value * value
  else {
    const channels = channelsLast ? (dims[3] ?? 1) : (dims[1] ?? 1)
    const positions = elementCount(dims) / channels
    for (let index = 0; index < data.length; index++) sum += data[index]! ** 2 * core[channelsLast ? Math.floor(index / channels) : index % positions]!
  }
  return sum
}
