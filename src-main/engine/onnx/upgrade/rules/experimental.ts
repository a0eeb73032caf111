/**
 * Operators that ONNX 1.2 to 1.4 (operator sets 7 to 9) listed as experimental and later removed; converters from Core ML and Caffe wrote them, and onnxruntime
 * ran them. ImageScaler: scale x + bias[c]. Affine: alpha x + beta. ScaledTanh: alpha tanh(beta x). ParametricSoftplus: alpha log(1 + exp(beta x)).
 * Scale: scale x. Crop: border = left, top, right, bottom, or from left, top on `scale` = height, width.
 */
import { floatOf, floatsOf, intsOf } from '#engine/onnx/attributes.ts'
import type { Node } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { defineUpgrade } from '../define-upgrade.ts'
import type { UpgradeContext } from '../define-upgrade.ts'

/** scale x + shift, each left out where it does nothing; `shift` one number or one a channel of [N, C, H, W]. */
function scaled(context: UpgradeContext, scale: number, shift: readonly number[], from: string, to: string): readonly Node[] {
  const { make } = context
  const product = context.fresh('product')
  const dims = shift.length === 1 ? [] : [shift.length, 1, 1]
  return [make('Mul', [from, context.constant(float32Tensor([], [scale]))], [product]), make('Add', [product, context.constant(float32Tensor(dims, shift))], [to])]
}

/** alpha f(beta x). */
function wrapped(context: UpgradeContext, op: string, alpha: number, beta: number): readonly Node[] {
  const { node, make, fresh, constant } = context
  const [inner, outer] = [fresh('inner'), fresh('outer')]
  return [
    make('Mul', [node.inputs[0] ?? '', constant(float32Tensor([], [beta]))], [inner]),
    make(op, [inner], [outer]),
    make('Mul', [outer, constant(float32Tensor([], [alpha]))], [node.outputs[0] ?? '']),
  ]
}

function cropped(context: UpgradeContext): Node {
  const { node, constant, make } = context
  const [left = 0, top = 0, right = 0, bottom = 0] = intsOf(node, 'border') ?? []
  const size = intsOf(node, 'scale')
  const end = (start: number, length: number | undefined, border: number): number => (length === undefined ? (border === 0 ? Number.MAX_SAFE_INTEGER : -border) : start + length)
  const list = (values: readonly number[]): string => constant(int64Tensor([values.length], values))
  return make('Slice', [node.inputs[0] ?? '', list([top, left]), list([end(top, size?.[0], bottom), end(left, size?.[1], right)]), list([2, 3])], [node.outputs[0] ?? ''])
}

export default defineUpgrade({
  ops: ['ImageScaler', 'Affine', 'ScaledTanh', 'ParametricSoftplus', 'Scale', 'Crop'],
  since: 18,
  upgrade: (context) => {
    const { node } = context
    const [[x = ''], [y = '']] = [node.inputs, node.outputs]
    switch (node.opType) {
      case 'ImageScaler': return scaled(context, floatOf(node, 'scale', 1), floatsOf(node, 'bias') ?? [0], x, y)
      case 'Affine': return scaled(context, floatOf(node, 'alpha', 1), [floatOf(node, 'beta', 0)], x, y)
      case 'Scale': return scaled(context, floatOf(node, 'scale', 1), [0], x, y)
      case 'ScaledTanh': return wrapped(context, 'Tanh', floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1))
      case 'ParametricSoftplus': return wrapped(context, 'Softplus', floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1))
      default: return [cropped(context)]
    }
  },
})
