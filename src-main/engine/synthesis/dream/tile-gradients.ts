/** Gradients of whole pictures, made tile by tile. Sessions are kept for the next picture of that size. */
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, invariant } from '#contract/errors.ts'
import { throwIfCancelled } from '../../lib/cancel.ts'
import type { Random } from '../../lib/random.ts'
import type { Specialized } from '../../network/compute-model.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import { displayInput } from '../../network/network.ts'
import type { Network } from '../../network/network.ts'
import { fitModel } from '../../runtime/fit-model.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Extent } from './octaves.ts'
import { sourceOf } from './shift.ts'
import type { Shift } from './shift.ts'
import type { ResolvedTarget } from './target.ts'
import { buildTileGraph, forwardBytes, networkAt, reaches } from './tile-graph.ts'
import type { TileGraph } from './tile-graph.ts'
import { planTiles } from './tiles.ts'
import type { Tile, TilePlan } from './tiles.ts'

export interface PictureGradient {
  /** Of the picture's shape; shifted back. */
  readonly gradient: Float32Array
  /** By target: its value over the number of its elements. */
  readonly values: readonly number[]
  /** By target: what each of its channels comes to, where that is measured. */
  readonly sums: readonly (Float32Array | undefined)[]
}

/** How targets look at pictures of one extent. */
export interface View {
  readonly plan: TilePlan
  readonly targets: readonly ResolvedTarget[]
  readonly graph: TileGraph
  readonly key: string
  /** Whether the only tile is the picture. */
  readonly isWhole: boolean
  /** Estimate of what a session holds. */
  readonly bytes: number
}

export interface TileSize {
  /** At most so many at once. */
  readonly pixels: number
  /** The only extent that there is. */
  readonly fixed?: Extent | undefined
}

export interface TileOptions {
  readonly runtime: Runtime
  readonly network: Network
  readonly display: DisplaySpace
  readonly signal?: AbortSignal | undefined
}

/** Forward and backward pass of a tile may hold about that much. */
export const tileBytes = 768 * 2 ** 20
/** Pixels; a larger one brings no more speed, and takes longer to be cancelled. */
export const largestTile = 1024 ** 2
/** Of all forward values, what a gradient's session holds at its peak (measured: see the bench of dreams). */
const heldShare = 2
/** Of sessions. */
export const lane = 'synthesis'

export class TileGradients {
  readonly #options: TileOptions
  readonly #prefix = `dream/${randomUUID()}/`
  #sizes = new Map<string, Specialized | undefined>()
  #views = new Map<string, View>()

  constructor(options: TileOptions) {
    this.#options = options
  }

  /** The only extent at which the targets can be computed, or undefined where they can at any. */
  fixedExtent(targets: readonly ResolvedTarget[]): Extent | undefined {
    const { height, width } = this.#options.display.preprocessing
    const other = this.#at({ height: height + 2 * probeStep, width: width + probeStep })
    return other && reaches(other, targets) ? undefined : { height, width }
  }

  /** Whether every target has an element in a picture of that extent. */
  fits(extent: Extent, targets: readonly ResolvedTarget[]): boolean {
    const at = this.#at(extent)
    return at !== undefined && reaches(at, targets)
  }

  /** Pixels that are computed at once where nobody says: a function of the model and the layers alone, so that a recipe gives the same tiles everywhere. */
  usualTilePixels(targets: readonly ResolvedTarget[]): number {
    const { height, width } = this.#options.display.preprocessing
    const at = this.#at({ height, width })
    invariant(at, 'a network that cannot be computed at its own size')
    return Math.max(height * width, Math.min(largestTile, tileBytes / heldShare / (forwardBytes(at, targets) / (height * width))))
  }

  /** Throws 'gradient-missing', 'gradient-refused', 'shape-mismatch'. */
  async view(extent: Extent, targets: readonly ResolvedTarget[], guideColumns: readonly number[], { pixels, fixed }: TileSize): Promise<View> {
    const plan = planTiles(extent, pixels, fixed)
    const key = JSON.stringify([plan.tile, targets, guideColumns])
    const isWhole = plan.tile.height === extent.height && plan.tile.width === extent.width
    const known = this.#views.get(key)
    if (known) return { ...known, plan, isWhole }
    const at = this.#at(plan.tile)
    if (!at || !reaches(at, targets)) throw new AppError('shape-mismatch', `'${targets.map(({ title }) => title).join("', '")}' cannot be computed for a picture of ${plan.tile.width} × ${plan.tile.height} pixels: choose an earlier layer or a larger picture.`)
    const { runtime } = this.#options
    const graph = buildTileGraph(at, targets, guideColumns, runtime.loweringOf((await runtime.device()).inUse))
    const view = { plan, targets, graph, key, isWhole, bytes: heldShare * forwardBytes(at, targets) }
    this.#views.set(key, view)
    return view
  }

  async gradient(view: View, picture: FloatTensor, shift: Shift, random: Random, feeds: HostTensors): Promise<PictureGradient> {
    const { plan: { tile: extent, place }, graph } = view
    const [, channels = 1] = picture.dims
    const gradient = new Float32Array(picture.data.length)
    const totals = graph.values.map(() => 0)
    const sums = graph.sums.map((name) => (name === undefined ? undefined : new Float32Array()))
    const tiles = place(random)
    const buffer = floatTensor([1, channels, extent.height, extent.width], new Float32Array(channels * extent.height * extent.width))
    for (const tile of tiles) {
      throwIfCancelled(this.#options.signal)
      cut(picture, tile, shift, buffer)
      const results = await this.#run(view, { ...feeds, [displayInput]: buffer })
      blend(gradient, picture.dims, tile, shift, results[graph.gradient]!.data as Float32Array, extent)
      graph.values.forEach((name, index) => { totals[index]! += Number(results[name]!.data[0]) })
      graph.sums.forEach((name, index) => {
        if (name === undefined) return
        const part = results[name]!.data as Float32Array
        const before = sums[index]!
        sums[index] = part.map((value, channel) => value + (before[channel] ?? 0))
      })
      if (tiles.length > 1) await nextTurn()
    }
    return { gradient, values: totals.map((total, index) => total / (tiles.length * graph.elements[index]!)), sums }
  }

  /** Sessions of sizes that do not come again. */
  async forget(): Promise<void> {
    this.#views.clear()
    this.#sizes.clear()
    await this.#options.runtime.drop(this.#prefix)
  }

  #run({ graph, key }: View, feeds: HostTensors) {
    const { runtime, network, signal } = this.#options
    const fetches = [graph.gradient, ...graph.values, ...graph.sums.filter((name) => name !== undefined)]
    return runtime.use(
      `${this.#prefix}${key}`,
      async (device) => ({ source: await network.sourceOf(fitModel(graph.model, device)), bytes: tileBytes }),
      (session) => session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])), fetches, signal ? { signal } : {}),
      { lane },
    )
  }

  #at(extent: Extent): Specialized | undefined {
    const key = `${extent.height}x${extent.width}`
    if (!this.#sizes.has(key)) {
      try {
        this.#sizes.set(key, networkAt(this.#options.network.normalized, this.#options.display, extent))
      } catch (error) {
        if (!(error instanceof AppError) || !['shape-mismatch', 'preprocessing-invalid'].includes(error.code)) throw error
        this.#sizes.set(key, undefined)
      }
    }
    return this.#sizes.get(key)
  }
}

/** A change of size that no usual stride divides away. */
const probeStep = 32

/** The tile of the shifted picture. */
function cut({ dims, data }: FloatTensor, tile: Tile, { down, across, edges }: Shift, into: FloatTensor): void {
  const [, channels = 1, height = 1, width = 1] = dims
  const [rows, columns] = [into.dims[2] ?? 1, into.dims[3] ?? 1]
  const from = Int32Array.from({ length: columns }, (_, column) => sourceOf(tile.left + column - across, width, edges))
  for (let channel = 0, to = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      const line = (channel * height + sourceOf(tile.top + row - down, height, edges)) * width
      for (let column = 0; column < columns; column++) into.data[to++] = data[line + from[column]!]!
    }
  }
}

/** Adds the tile's gradient where it lies in the picture, by its weights. */
function blend(sum: Float32Array, dims: readonly number[], tile: Tile, { down, across, edges }: Shift, part: Float32Array, extent: Extent): void {
  const [, channels = 1, height = 1, width = 1] = dims
  const to = Int32Array.from({ length: extent.width }, (_, column) => sourceOf(tile.left + column - across, width, edges))
  for (let channel = 0, from = 0; channel < channels; channel++) {
    for (let row = 0; row < extent.height; row++) {
      const weight = tile.rows[row]!
      const line = (channel * height + sourceOf(tile.top + row - down, height, edges)) * width
      for (let column = 0; column < extent.width; column++, from++) sum[line + to[column]!]! += weight * tile.columns[column]! * part[from]!
    }
  }
}
