/** How much of a picture fits under a ceiling, by what the network holds for every pixel of it. Fixed by the recipe alone, so that the same recipe cuts the same tiles. */
import { AppError } from '#contract/errors.ts'
import { activationBytes } from '../../network/activation-bytes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { Backbone, BackboneSource, Extent } from './backbone.ts'

export const defaultMemoryBytes = 4 * 2 ** 30
/** The application, its libraries and what they leave lying about. */
export const processBytes = 350 * 2 ** 20
/** Weights as they are stored, as the session arranges them, and mirrored for the way back. */
const weightCopies = 3.5
/** A layer's maps live until the way back, and its gradient beside them; what runs fuse is not held (measured: 2.3 kB a pixel of VGG-19 to conv5_1, whose maps sum up to 2.3). */
const heldShare = 1.1
/** In tiles three sessions are open, whose arenas keep what they grew to: two that look forward and one that goes back (measured with SqueezeNet at 8.9 megapixels). */
const tiledShare = 2.6
/** Vectors of the picture beside the optimiser's: itself, its gradient, the content, the copy that is shown, and the last in transit. */
const workingVectors = 7
const smallestTile = 64

export interface Budget {
  /** Longest side of what is computed at once, pixels. */
  readonly largestTile: number
  /** For features of the content between steps. */
  readonly cacheBytes: number
  /** Pairs that L-BFGS remembers. */
  readonly history: number
  /** Estimate for the whole process. */
  readonly bytes: number
}

const mostPairs = 10
const fewestPairs = 3

export function budgetFor(source: BackboneSource, layers: readonly string[], picture: Extent, memoryBytes: number): Budget {
  const probe = source.at({ height: 96, width: 96 }, layers)
  const bytesPerPixel = (heldShare * activationBytes(probe.model, probe.facts)) / (96 * 96)
  const fixed = processBytes + weightCopies * weightBytes(probe)
  const pixels = picture.height * picture.width
  const vector = 4 * source.channels * pixels
  const vectors = (pairs: number): number => (workingVectors + 2 * pairs + 2) * vector
  const leftFor = (pairs: number): number => memoryBytes - fixed - vectors(pairs)
  const whole = bytesPerPixel * pixels
  // Remembering more steps pays as long as the tiles stay large.
  const pairs = leftFor(mostPairs) >= Math.min(whole, memoryBytes / 2) ? mostPairs : leftFor(fewestPairs) > 0 ? fewestPairs : 1
  const left = leftFor(pairs)
  const cacheBytes = left > whole ? 0 : Math.max(0, left / 8)
  const largestTile = left >= whole ? Math.max(picture.height, picture.width) : Math.floor(Math.sqrt(Math.max(0, left - cacheBytes) / (tiledShare * bytesPerPixel)))
  if (left < whole && largestTile < smallestTile)
    throw new AppError('out-of-memory', `${megabytes(memoryBytes)} are not enough for a picture of ${picture.width} × ${picture.height} pixels with this model: it takes at least ${megabytes(fixed + vectors(1) + bytesPerPixel * 256 ** 2)}. Allow more memory, or make it smaller.`)
  return { largestTile, cacheBytes, history: pairs, bytes: Math.min(memoryBytes, fixed + vectors(pairs) + (left >= whole ? whole : cacheBytes + tiledShare * bytesPerPixel * largestTile ** 2)) }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`

const weightBytes = ({ model }: Backbone): number => [...model.graph.initializers.values()].reduce((sum, { dims }) => sum + 4 * elementCount(dims), 0)

