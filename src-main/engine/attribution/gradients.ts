/** Gradients of the target at many pictures, in batches where the model allows it. */
import { displayInput } from '../network/network.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { MethodContext } from './define-method.ts'

export interface Samples {
  readonly count: number
  /** Writes picture `index` ([C, H, W] in display space). */
  readonly fill: (index: number, into: Float32Array) => void
  /** d target / d picture `index`, [C, H, W]; the array is reused afterwards. */
  readonly receive: (index: number, gradient: Float32Array) => void
  /** "SmoothGrad": what the progress says. */
  readonly title: string
}

/**
 * The last batch is filled up with pictures whose seed is zero, so that one session serves all. The next batch is made
 * while the one before is computed.
 */
export async function gradientsOf(context: MethodContext, { count, fill, receive, title }: Samples): Promise<void> {
  const { network, display, picture, target, signal, progress } = context
  const batch = await network.batchFor(count)
  const length = picture.data.length

  const makeBatch = (start: number): { readonly seed: FloatTensor; readonly picture: FloatTensor } => {
    const pictures = new Float32Array(batch * length)
    const seeds = new Float32Array(batch * target.seed.data.length)
    for (let row = 0; row < Math.min(batch, count - start); row++) {
      fill(start + row, pictures.subarray(row * length, (row + 1) * length))
      seeds.set(target.seed.data, row * target.seed.data.length)
    }
    return { picture: floatTensor(batchedDims(picture.dims, batch), pictures), seed: floatTensor(batchedDims(target.seed.dims, batch), seeds) }
  }

  let next = makeBatch(0)
  for (let start = 0; start < count; start += batch) {
    const running = network.gradient({ of: target.tensor, wrt: [displayInput], display, seed: next.seed, inputs: { [displayInput]: next.picture } }, signal ? { signal } : {})
    // It may be rejected before it is awaited.
    running.catch(() => undefined)
    // The request leaves before this thread is busy.
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    if (start + batch < count && !signal?.aborted) next = makeBatch(start + batch)
    const gradient = (await running).gradients[displayInput]?.data ?? new Float32Array()
    const present = Math.min(batch, count - start)
    for (let row = 0; row < present; row++) receive(start + row, gradient.subarray(row * length, (row + 1) * length))
    progress((start + present) / count, count === 1 ? title : `${title}: ${start + present} of ${count}`)
  }
}

/** The gradient at the picture itself, [1, C, H, W]. */
export async function gradientAtPicture(context: MethodContext, title: string): Promise<FloatTensor> {
  const { picture } = context
  const result = new Float32Array(picture.data.length)
  await gradientsOf(context, { count: 1, fill: (_, into) => into.set(picture.data), receive: (_, gradient) => result.set(gradient), title })
  return floatTensor(picture.dims, result)
}

/** The value that is differentiated, sum of seed * value, at one picture. */
export async function targetValue({ network, display, target, signal }: MethodContext, picture: FloatTensor): Promise<number> {
  const values = await network.forward({ [displayInput]: picture }, [target.tensor], { display, ...(signal ? { signal } : {}) })
  return target.seed.data.reduce((sum, weight, index) => (weight === 0 ? sum : sum + weight * Number(values[target.tensor]?.data[index])), 0)
}

const batchedDims = (dims: readonly number[], batch: number): number[] => (dims.length === 0 ? [] : [(dims[0] ?? 1) * batch, ...dims.slice(1)])

/** [1, C, H, W] to [H, W]: the largest magnitude over channels (Simonyan et al. 2013, arXiv:1312.6034, section 3.1). */
export function largestMagnitude({ dims, data }: FloatTensor): FloatTensor {
  return overChannels(dims, (pixel, plane, channels) => {
    let largest = 0
    for (let channel = 0; channel < channels; channel++) largest = Math.max(largest, Math.abs(data[channel * plane + pixel] ?? 0))
    return largest
  })
}

/** [1, C, H, W] to [H, W]: the sum over channels, which keeps the sign and the total. */
export function channelSum({ dims, data }: FloatTensor): FloatTensor {
  return overChannels(dims, (pixel, plane, channels) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += data[channel * plane + pixel] ?? 0
    return sum
  })
}

function overChannels(dims: readonly number[], reduce: (pixel: number, plane: number, channels: number) => number): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = dims
  const plane = elementCount([height, width])
  return floatTensor([height, width], Float32Array.from({ length: plane }, (_, pixel) => reduce(pixel, plane, channels)))
}
