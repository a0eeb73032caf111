/** What is explained, resolved against a network: the value to differentiate and the weights of its elements. */
import type { FloatTensor } from '../runtime/host-tensor.ts'

export interface ResolvedTarget {
  /** The value that is differentiated: logits where a Softmax gives the class output, otherwise the output or layer itself. */
  readonly tensor: string
  /** Weight of each element of one picture's value, of shape [1, ...]. */
  readonly seed: FloatTensor
  /** Class index, or null for a unit. */
  readonly index: number | null
  readonly label: string
}
