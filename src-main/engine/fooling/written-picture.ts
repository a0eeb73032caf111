/** A picture as it is in a file: encoded, read again, and only then judged. */
import { decodePicture } from '../images/decode.ts'
import { encodePng } from '../images/encode.ts'
import { pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { displayInput } from '../network/network.ts'
import type { HostTensors } from '../runtime/host-tensor.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'
import { float32OfHost, probabilitiesOf } from '../preprocessing/host-values.ts'
import { preparePicture } from '../preprocessing/prepare.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { Network } from '../network/network.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import type { Extent, Probe } from './probe.ts'

export const tensorOfPicture = (picture: Float32Array, { channels, height, width }: Extent): FloatTensor => floatTensor([1, channels, height, width], picture)

export interface WrittenPicture {
  /** What the file holds. */
  readonly pixels: Pixels
  /** Probabilities by class, of the file put into the model as any file of its size is. */
  readonly answers: Float32Array
}

/** Any picture file's pixels as that model answers to them: the whole way, inversion of light drawings included. */
export async function answersTo(network: Network, preprocessing: Preprocessing, pixels: Pixels): Promise<Float32Array> {
  const { display, space } = preparePicture(network, preprocessing, pixels)
  const output = preprocessing.outputTensor ?? network.outputs[0] ?? ''
  const inputs: HostTensors = { [displayInput]: display }
  const { [output]: values } = await network.forward(inputs, [output], { display: space })
  return values ? probabilitiesOf(float32OfHost(values), preprocessing.output) : new Float32Array()
}

/** `picture` is rounded to 8 bits here; gray pictures are written as RGB of equal channels. */
export async function writeAndJudge({ network, display: { preprocessing }, extent }: Probe, picture: Float32Array): Promise<WrittenPicture> {
  const bytes = await encodePng(pixelsOfDisplay(tensorOfPicture(picture, extent)))
  const { width, height, data } = await decodePicture(bytes, 'the written picture')
  const pixels = pixelsOf(width, height, data)
  return { pixels, answers: await answersTo(network, preprocessing, pixels) }
}
