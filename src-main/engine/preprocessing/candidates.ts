/**
 * The ways in which picture networks are fed in practice. Input = (pixel * scale - mean) / std with pixel in 0..1; `mean` and
 * `std` are in the order of the model's channels. Order: the more common first, which settles ties.
 */
import type { Normalization, Preprocessing } from '#contract/preprocessing.ts'

export interface Candidate {
  readonly id: string
  readonly title: string
  readonly normalization: Normalization
  /** How much more evidence it needs than the usual ones, in the units of the score (see guess.ts). */
  readonly rarity: number
}

const candidate = (id: string, title: string, rarity: number, channels: Preprocessing['channels'], scale: number, mean: readonly number[], std: readonly number[]): Candidate =>
  ({ id, title, rarity, normalization: { channels, scale, mean: [...mean], std: [...std] } })

/** Krizhevsky et al.'s training set, as torchvision, MXNet and timm write it. */
const imagenetMean = [0.485, 0.456, 0.406], imagenetStd = [0.229, 0.224, 0.225]
/** Mean of the same set in bytes, BGR: Caffe's ilsvrc_2012_mean.npy, and rounded as GoogLeNet and SqueezeNet were trained. */
const caffeMean = [104, 117, 123], kerasCaffeMean = [103.939, 116.779, 123.68]
const zeros = [0, 0, 0], ones = [1, 1, 1]
const reversed = (values: readonly number[]): number[] => [...values].reverse()

export const colorCandidates: readonly Candidate[] = [
  candidate('imagenet', 'ImageNet mean and deviation, RGB (torchvision)', 0, 'RGB', 1, imagenetMean, imagenetStd),
  candidate('caffe', 'Mean subtracted, BGR 0..255 (Caffe)', 0, 'BGR', 255, caffeMean, ones),
  candidate('tf', 'RGB -1..1 (TensorFlow)', 0, 'RGB', 1, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
  candidate('zero-one', 'RGB 0..1', 0, 'RGB', 1, zeros, ones),
  candidate('raw255', 'RGB 0..255', 0, 'RGB', 255, zeros, ones),
  candidate('raw255-bgr', 'BGR 0..255', 1, 'BGR', 255, zeros, ones),
  candidate('caffe-rgb', 'Mean subtracted, RGB 0..255', 1, 'RGB', 255, reversed(kerasCaffeMean), ones),
  candidate('zero-one-bgr', 'BGR 0..1', 1, 'BGR', 1, zeros, ones),
  candidate('tf-bgr', 'BGR -1..1', 1, 'BGR', 1, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
  candidate('caffe-scaled', 'Mean subtracted and scaled by 0.017, BGR (Caffe MobileNet, DenseNet)', 1, 'BGR', 255, kerasCaffeMean, [1 / 0.017, 1 / 0.017, 1 / 0.017]),
]

/** Means and deviations that small networks are trained with beside the above. */
export const tinyColorCandidates: readonly Candidate[] = [
  candidate('cifar', 'CIFAR-10 mean and deviation, RGB', 0, 'RGB', 1, [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
]

export const greyCandidates: readonly Candidate[] = [
  candidate('grey-zero-one', 'Gray 0..1', 0, 'GRAY', 1, [0], [1]),
  candidate('grey-raw255', 'Gray 0..255', 0, 'GRAY', 255, [0], [1]),
  candidate('grey-tf', 'Gray -1..1', 0, 'GRAY', 1, [0.5], [0.5]),
  candidate('mnist', 'MNIST mean and deviation', 0, 'GRAY', 1, [0.1307], [0.3081]),
]

/** Names that people use on the command line for the same thing. */
const aliases: Readonly<Record<string, string>> = {
  torchvision: 'imagenet', pytorch: 'imagenet', keras: 'tf', tensorflow: 'tf', inception: 'tf', half: 'tf', 'half-half': 'tf', '-1..1': 'tf', 'minus-one-one': 'tf',
  '0..1': 'zero-one', unit: 'zero-one', '0..255': 'raw255', raw: 'raw255', bgr: 'caffe', identity: 'zero-one', none: 'zero-one',
}

/** Every candidate's id and title, for help texts. */
export const allCandidates: readonly Candidate[] = [...colorCandidates, ...tinyColorCandidates, ...greyCandidates]

/** The candidates for an input of that many channels and that extent. */
export function candidatesFor(channels: 1 | 3, extent: number): readonly Candidate[] {
  if (channels === 1) return greyCandidates
  return extent <= tinyExtent ? [...colorCandidates, ...tinyColorCandidates] : colorCandidates
}

/** Up to this many pixels a side a network was trained on CIFAR, Tiny ImageNet or the like. */
export const tinyExtent = 64

/** A candidate by its id or one of its aliases, fitted to the number of channels; undefined where there is none. */
export function findCandidate(name: string, channels: 1 | 3): Candidate | undefined {
  const id = aliases[name.toLowerCase()] ?? name.toLowerCase()
  const found = allCandidates.find((each) => each.id === id)
  if (!found || (found.normalization.channels === 'GRAY') === (channels === 1)) return found
  return channels === 1 ? greyCandidates.find((each) => each.id === `grey-${id}`) : colorCandidates.find((each) => `grey-${each.id}` === id)
}
