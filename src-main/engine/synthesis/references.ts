/** What a network's layers make of given pictures, at any extent. */
import { displayTensor } from '../preprocessing/apply.ts'
import { fitPicture } from '../preprocessing/fit.ts'
import type { Pixels } from '../images/pixels.ts'
import { displayInput } from '../network/network.ts'
import { pruneTo } from '../onnx/extract.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import { networkAt } from './ascent.ts'
import type { AscentPlace } from './ascent.ts'
import type { PictureShape } from './define-parameterisation.ts'

/** By name of tensor, of a batch of one. */
export async function referencesOf({ runtime, network, display }: AscentPlace, shape: PictureShape, picture: Pixels, tensors: readonly string[]): Promise<Record<string, FloatTensor>> {
  const { height, width, channels } = shape
  const { resize: _, ...preprocessing } = { ...display.preprocessing, height, width }
  const seen = displayTensor(fitPicture(picture, preprocessing), channels === 1)
  const session = await runtime.open(pruneTo(networkAt(network, display, { ...shape, batch: 1 }), [...new Set(tensors)]), { lane: 'synthesis', weights: network })
  try {
    const values = await session.run({ [displayInput]: seen }, [...new Set(tensors)])
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, floatTensor(value.dims, float32OfHost(value))]))
  } finally {
    await session.dispose()
  }
}
