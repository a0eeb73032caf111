/** What follows a linear map. */
import type { Attribute } from '../onnx/model.ts'
import { float } from '../onnx/attributes.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'
import type { Flow, NetworkBuilder } from './builder.ts'

export const activations = ['linear', 'relu', 'relu6', 'leaky-relu', 'elu', 'gelu', 'silu', 'softplus', 'hard-swish', 'sigmoid', 'tanh'] as const
export type Activation = (typeof activations)[number]

const operators: Readonly<Record<Exclude<Activation, 'linear' | 'relu6' | 'silu' | 'gelu'>, { readonly op: string; readonly attributes?: Readonly<Record<string, Attribute>> }>> = {
  'relu': { op: 'Relu' }, 'leaky-relu': { op: 'LeakyRelu', attributes: { alpha: float(0.01) } }, 'elu': { op: 'Elu' },
  'softplus': { op: 'Softplus' }, 'hard-swish': { op: 'HardSwish' }, 'sigmoid': { op: 'Sigmoid' }, 'tanh': { op: 'Tanh' },
}

export function buildActivation(builder: NetworkBuilder, name: string, input: Flow, activation: Activation): Flow {
  switch (activation) {
    case 'linear': return input
    case 'relu6': return builder.node('Clip', `${name}/Clip`, [input.name, builder.constant('zero', float32Tensor([], [0])), builder.constant('six', float32Tensor([], [6]))], input.dims)
    // x sigmoid(x): Ramachandran et al. 2017, arXiv:1710.05941. Operator set 18 has no node for it.
    case 'silu': return builder.node('Mul', `${name}/Silu`, [input.name, builder.node('Sigmoid', `${name}/Sigmoid`, [input.name], input.dims).name], input.dims)
    // x Phi(x) with Phi(x) = (1 + erf(x / sqrt 2)) / 2: Hendrycks and Gimpel 2016, arXiv:1606.08415.
    case 'gelu': {
      const scaled = builder.node('Mul', `${name}/scaled`, [input.name, builder.constant('rsqrt2', float32Tensor([], [Math.SQRT1_2]))], input.dims)
      const erf = builder.node('Erf', `${name}/Erf`, [scaled.name], input.dims)
      const raised = builder.node('Add', `${name}/raised`, [erf.name, builder.constant('one', float32Tensor([], [1]))], input.dims)
      const product = builder.node('Mul', `${name}/product`, [input.name, raised.name], input.dims)
      return builder.node('Mul', `${name}/Gelu`, [product.name, builder.constant('half', float32Tensor([], [0.5]))], input.dims)
    }
    default: {
      const { op, attributes } = operators[activation]
      return builder.node(op, `${name}/${op}`, [input.name], input.dims, attributes)
    }
  }
}

/** He et al. 2015, arXiv:1502.01852, eq. 10: a rectifier halves the variance. */
export function gainOf(activation: Activation): number {
  return activation === 'linear' || activation === 'sigmoid' || activation === 'tanh' ? 1 : 2
}
