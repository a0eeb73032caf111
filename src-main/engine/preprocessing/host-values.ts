/** Host tensors to numbers, and made-up values for inputs that no picture fills. */
import { createRandom } from '../lib/random.ts'
import type { NetworkInput } from '../network/network.ts'
import { elementCount, float32Of, tensorOf, tensorOfNumbers, typedArrayOf } from '../onnx/tensor-data.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'

export const float32OfHost = ({ dataType, dims, data }: HostTensor): Float32Array => (data instanceof Float32Array ? data : float32Of(tensorOf(dataType, dims, data)))

export function zerosFor({ dataType, dims }: NetworkInput): HostTensor {
  return fromNumbers(dataType, dims, new Array<number>(elementCount(dims)).fill(0))
}

const floats = new Set<NetworkInput['dataType']>(['float32', 'float16', 'float64', 'bfloat16'])

/** A point of a generator's latent space: standard normal numbers, the same for the same seed; zeros for integer inputs. */
export function latentFor(input: NetworkInput, seed: number): HostTensor {
  if (!floats.has(input.dataType)) return zerosFor(input)
  const random = createRandom(seed)
  return fromNumbers(input.dataType, input.dims, Array.from({ length: elementCount(input.dims) }, () => random.normal()))
}

function fromNumbers(dataType: NetworkInput['dataType'], dims: readonly number[], numbers: readonly number[]): HostTensor {
  return { dataType, dims, data: typedArrayOf(tensorOfNumbers(dataType, dims, numbers)) }
}

/** Softmax of logits; probabilities as they are. */
export function probabilitiesOf(values: Float32Array, holds: 'logits' | 'probabilities' | 'none'): Float32Array {
  if (holds !== 'logits') return values
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity)
  const weights = values.map((value) => Math.exp(value - largest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
