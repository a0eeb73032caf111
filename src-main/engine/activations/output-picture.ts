/** A network's output as a picture: style transfer, super-resolution, generators. */
import type { HostTensor } from '../runtime/host-tensor.ts'
import { pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { rangeOf } from '../preprocessing/guess-by-range.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'

const smallestExtent = 8
const isChannels = (dim: number | undefined): boolean => dim === 1 || dim === 3 || dim === 4

/** The first picture of the batch, from whichever range its values are in; undefined where the tensor holds none. Alpha lies on black. */
export function outputPixels(tensor: HostTensor): Pixels | undefined {
  const dims = tensor.dims.length === 4 ? tensor.dims.slice(1) : tensor.dims
  const [a = 0, b = 0, c = 0] = dims
  if (dims.length !== 3) return undefined
  const planar = isChannels(a) && b >= smallestExtent && c >= smallestExtent
  if (!planar && !(isChannels(c) && a >= smallestExtent && b >= smallestExtent)) return undefined
  const [channels, height, width] = planar ? [a, b, c] : [c, a, b]
  const values = float32OfHost(tensor).subarray(0, channels * height * width)
  const range = tensor.dataType === 'uint8' ? 'bytes' : rangeOf(values)
  const toByte = { bytes: (value: number) => value, signed: (value: number) => (value + 1) * 127.5, unit: (value: number) => value * 255 }[range]
  const [pixelStride, channelStride] = planar ? [1, height * width] : [channels, 1]
  const data = new Uint8ClampedArray(height * width * 3)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const alpha = channels === 4 ? toByte(values[pixel * pixelStride + 3 * channelStride]!) / 255 : 1
    for (let channel = 0; channel < 3; channel++) data[pixel * 3 + channel] = alpha * toByte(values[pixel * pixelStride + (channels === 1 ? 0 : channel) * channelStride]!)
  }
  return pixelsOf(width, height, new Uint8Array(data.buffer))
}
