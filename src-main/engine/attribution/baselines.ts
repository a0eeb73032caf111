/** Pictures that stand for "nothing there", in display space (Sturmfels, Lundberg, Lee 2020, distill.pub/2020/attribution-baselines). */
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

export const baselineIds = ['black', 'white', 'gray', 'blur', 'mean'] as const
export type BaselineId = (typeof baselineIds)[number]
/** Standard deviation of the blur as a share of the longer side: nothing recognisable remains. */
const blurShare = 0.1

export function baselineOf(picture: FloatTensor, id: BaselineId): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = picture.dims
  const plane = height * width
  switch (id) {
    case 'black': return floatTensor(picture.dims, new Float32Array(picture.data.length))
    case 'white': return floatTensor(picture.dims, new Float32Array(picture.data.length).fill(1))
    case 'gray': return floatTensor(picture.dims, new Float32Array(picture.data.length).fill(0.5))
    case 'mean': {
      const data = new Float32Array(picture.data.length)
      for (let channel = 0; channel < channels; channel++)
        data.fill(picture.data.subarray(channel * plane, (channel + 1) * plane).reduce((sum, value) => sum + value, 0) / plane, channel * plane, (channel + 1) * plane)
      return floatTensor(picture.dims, data)
    }
    case 'blur': {
      const data = picture.data.slice()
      for (let channel = 0; channel < channels; channel++) blur(data.subarray(channel * plane, (channel + 1) * plane), height, width, blurShare * Math.max(height, width))
      return floatTensor(picture.dims, data)
    }
  }
}

/** Separable Gaussian, in place; the border is repeated outwards. */
function blur(plane: Float32Array, height: number, width: number, deviation: number): void {
  const radius = Math.ceil(3 * deviation)
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, index) => Math.exp(-((index - radius) ** 2) / (2 * deviation ** 2)))
  const total = kernel.reduce((sum, value) => sum + value, 0)
  const along = (count: number, start: (line: number) => number, length: number, stride: number): void => {
    const line = new Float32Array(length)
    for (let index = 0; index < count; index++) {
      const first = start(index)
      for (let at = 0; at < length; at++) line[at] = plane[first + at * stride] ?? 0
      for (let at = 0; at < length; at++) {
        let sum = 0
        for (let tap = -radius; tap <= radius; tap++) sum += (kernel[tap + radius] ?? 0) * (line[Math.min(length - 1, Math.max(0, at + tap))] ?? 0)
        plane[first + at * stride] = sum / total
      }
    }
  }
  along(height, (row) => row * width, width, 1)
  along(width, (column) => column, height, width)
}
