/** z + tau log pi, so that the network itself need not learn how rare a class is (Menon et al. 2020, arXiv:2007.07314, eq. 10). */
import { float32Tensor } from '../onnx/tensor-data.ts'
import type { Flow, NetworkBuilder } from './builder.ts'

export function adjustedLogits(builder: NetworkBuilder, output: Flow, tau: number, logPriors: readonly number[] | undefined): Flow {
  if (tau === 0 || !logPriors) return output
  return builder.node('Add', 'loss/adjusted', [output.name, builder.constant('loss/adjustment', float32Tensor([1, logPriors.length], logPriors.map((log) => tau * log)))], output.dims)
}
