/**
 * Normalization as other tools write it into a model's metadata: Windows ML (`Image.BitmapPixelFormat`, `Image.NominalPixelRange`;
 * ONNX docs/MetadataProps.md), Ultralytics (`task`, `imgsz`, `names`), and plain `mean` and `std`.
 */
import type { Normalization } from '#contract/preprocessing.ts'
import { findCandidate } from './candidates.ts'

export interface StatedNormalization {
  readonly normalization: Normalization
  /** Who wrote it, for people. */
  readonly origin: string
}

export function normalizationFromMetadata(metadata: ReadonlyMap<string, string>, channels: 1 | 3): StatedNormalization | undefined {
  return fromWindowsMl(metadata, channels) ?? fromUltralytics(metadata, channels) ?? fromMeanAndStd(metadata, channels)
}

const pixelFormats: Readonly<Record<string, Normalization['channels']>> = { gray8: 'GRAY', gray16: 'GRAY', rgb8: 'RGB', rgba8: 'RGB', bgr8: 'BGR', bgra8: 'BGR' }

function fromWindowsMl(metadata: ReadonlyMap<string, string>, channels: 1 | 3): StatedNormalization | undefined {
  const order = pixelFormats[metadata.get('Image.BitmapPixelFormat')?.toLowerCase() ?? '']
  const range = metadata.get('Image.NominalPixelRange')
  if (!order || (order === 'GRAY') !== (channels === 1)) return undefined
  const each = (value: number): number[] => new Array<number>(channels).fill(value)
  const ranges: Readonly<Record<string, Omit<Normalization, 'channels'>>> = {
    NominalRange_0_255: { scale: 255, mean: each(0), std: each(1) },
    Normalized_0_1: { scale: 1, mean: each(0), std: each(1) },
    Normalized_1_1: { scale: 1, mean: each(0.5), std: each(0.5) },
    // Studio range: black is 16 and white 235.
    NominalRange_16_235: { scale: 219, mean: each(-16), std: each(1) },
  }
  const stated = ranges[range ?? 'NominalRange_0_255']
  return stated && { normalization: { channels: order, ...stated }, origin: 'Windows ML metadata' }
}

function fromUltralytics(metadata: ReadonlyMap<string, string>, channels: 1 | 3): StatedNormalization | undefined {
  const wrote = metadata.get('author') === 'Ultralytics' || (metadata.has('imgsz') && metadata.has('stride') && metadata.has('names'))
  const unit = wrote ? findCandidate('zero-one', channels) : undefined
  return unit && { normalization: unit.normalization, origin: 'Ultralytics metadata' }
}

function fromMeanAndStd(metadata: ReadonlyMap<string, string>, channels: 1 | 3): StatedNormalization | undefined {
  const read = (...keys: readonly string[]): number[] | undefined => {
    const text = keys.map((key) => metadata.get(key)).find((value) => value !== undefined)
    const numbers = text?.match(/-?\d+(\.\d+)?(e-?\d+)?/gi)?.map(Number) ?? []
    return numbers.length === channels ? numbers : numbers.length === 1 ? new Array<number>(channels).fill(numbers[0]!) : undefined
  }
  const mean = read('mean', 'image_mean', 'input_mean', 'pixel_mean')
  const std = read('std', 'image_std', 'input_std', 'pixel_std')
  if (!mean || !std || std.some((value) => !(value > 0))) return undefined
  // Means beyond 1 are of bytes.
  const scale = Math.max(...mean.map(Math.abs), ...std) > 1 ? 255 : 1
  const bgr = /bgr/i.test(metadata.get('color_space') ?? metadata.get('channel_order') ?? metadata.get('color_format') ?? '')
  return { normalization: { channels: channels === 1 ? 'GRAY' : bgr ? 'BGR' : 'RGB', scale, mean, std }, origin: 'the mean and std in its metadata' }
}
