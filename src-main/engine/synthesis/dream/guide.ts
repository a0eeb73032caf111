/** What layers see in a guide picture: columns that a dream's positions are compared with. */
import { invariant } from '#contract/errors.ts'
import type { Pixels } from '../../images/pixels.ts'
import { resizePixels } from '../../images/resample.ts'
import { displayChannels } from '../../network/display-space.ts'
import type { DisplaySpace } from '../../network/display-space.ts'
import { displayInput } from '../../network/network.ts'
import type { Network } from '../../network/network.ts'
import { displayTensor } from '../../preprocessing/apply.ts'
import { floatTensor, isFloat } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Extent } from './octaves.ts'
import type { ResolvedTarget } from './target.ts'

/** Products of a tile's positions with the guide's that are held at once: 64 MB. */
const mostProducts = 2 ** 24

export interface GuideOptions {
  readonly network: Network
  readonly display: DisplaySpace
  /** The only extent that the targets can be computed at. Otherwise the guide keeps its shape, no longer than the model's own input. */
  readonly fixed?: Extent | undefined
  readonly signal?: AbortSignal | undefined
}

/** By target: [channels, positions of the guide]. */
export async function guideFeatures(picture: Pixels, targets: readonly ResolvedTarget[], { network, display, fixed, signal }: GuideOptions): Promise<readonly FloatTensor[]> {
  const { preprocessing } = display
  const factor = Math.min(1, Math.max(preprocessing.height, preprocessing.width) / Math.max(picture.height, picture.width))
  const { height, width } = fixed ?? { height: Math.max(smallestGuide, Math.round(picture.height * factor)), width: Math.max(smallestGuide, Math.round(picture.width * factor)) }
  const seen = displayTensor(resizePixels(picture, width, height), displayChannels(display) === 1)
  const values = await network.forward({ [displayInput]: seen }, [...new Set(targets.map(({ tensor }) => tensor))], { display: { ...display, preprocessing: { ...preprocessing, height, width } }, ...(signal ? { signal } : {}) })
  return targets.map((target) => {
    const value = values[target.tensor]
    invariant(value && isFloat(value), 'a guide without its layer')
    return columnsOf(value, target)
  })
}

/** Below that a picture shows nothing. */
const smallestGuide = 32

function columnsOf({ dims, data }: FloatTensor, { axis, channels }: ResolvedTarget): FloatTensor {
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const positions = data.length / channels
  // Positions are the axes before and behind that of the channels, in this order.
  return floatTensor([channels, positions], Float32Array.from({ length: channels * positions }, (_, at) => {
    const [channel, position] = [Math.floor(at / positions), at % positions]
    return data[(Math.floor(position / inner) * channels + channel) * inner + (position % inner)]!
  }))
}

/** Every nth column, as many as are compared with so many positions at once. */
export function thinned(columns: FloatTensor, positions: number): FloatTensor {
  const [channels = 1, count = 1] = columns.dims
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(mostProducts / positions))))
  const kept = Math.ceil(count / every)
  return every === 1 ? columns : floatTensor([channels, kept], Float32Array.from({ length: channels * kept }, (_, at) => columns.data[Math.floor(at / kept) * count + (at % kept) * every]!))
}
