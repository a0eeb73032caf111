/** What lies between convolutions, where its input is there in blocks. */
import { floatOf, floats, int, ints, intsOf, string, stringOf } from '../../onnx/attributes.ts'
import { isStandard } from '../../onnx/model.ts'
import type { Node } from '../../onnx/model.ts'
import { numbersOf } from '../../onnx/tensor-data.ts'
import type { Layouts } from './layouts.ts'

type Rule = (layouts: Layouts, node: Node) => boolean

/** Operators on elements, whatever their order. */
const elementwise: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Relu', 'LeakyRelu', 'Elu', 'Sigmoid', 'Tanh', 'HardSigmoid', 'HardSwish', 'Softplus', 'Erf', 'Neg', 'Abs', 'Sqrt', 'Exp', 'Log', 'Reciprocal', 'Clip'])

export const blockOperator: Rule = (layouts, node) => isStandard(node) && (elementwise.has(node.opType) ? blockElements(layouts, node) : (rules[node.opType]?.(layouts, node) ?? false))

/** Those that a convolution applies to what it writes, with their parameters. */
const activations: Readonly<Record<string, (node: Node) => readonly number[]>> = {
  Relu: () => [], Sigmoid: () => [], Tanh: () => [],
  LeakyRelu: (node) => [floatOf(node, 'alpha', 0.01)], HardSigmoid: (node) => [floatOf(node, 'alpha', 0.2), floatOf(node, 'beta', 0.5)],
}

const blockElements: Rule = (layouts, node) => {
  const [y = ''] = node.outputs
  const dims = layouts.dimsOf(y)
  const isWhole = (name: string): boolean => layouts.dimsOf(name).join() === dims.join()
  const isScalar = (name: string): boolean => name === '' || layouts.dimsOf(name).every((dim) => dim === 1)
  if (!layouts.fits(y) || !node.inputs.some((name) => layouts.isBlocked(name) && isWhole(name))) return false
  if (!node.inputs.every((name) => isWhole(name) || isScalar(name))) return false
  if (!joinConvolution(layouts, node)) layouts.make(node.opType, node.inputs.map((name) => (isWhole(name) ? layouts.blocked(name) : layouts.plain(name))), y, Object.fromEntries(node.attributes), '')
  return true
}

/** What a convolution before it does in passing: the function of its result, the sum with another value. */
function joinConvolution(layouts: Layouts, node: Node): boolean {
  const [a = '', b = ''] = node.inputs
  const [y = ''] = node.outputs
  const parametersOf = activations[node.opType]
  if (parametersOf) {
    const before = layouts.takeBack(a)
    const parameters = parametersOf(node)
    if (before) layouts.make('Conv', before.inputs, y, { ...Object.fromEntries(before.attributes), activation: string(node.opType), ...(parameters.length > 0 ? { activation_params: floats(parameters) } : {}) })
    return before !== undefined
  }
  if (node.opType !== 'Add' || layouts.dimsOf(a).join() !== layouts.dimsOf(b).join()) return false
  for (const [joined, other] of [[a, b], [b, a]] as const) {
    const summand = layouts.blocked(other)
    const before = layouts.takeBack(joined)
    if (!before) continue
    const [x = '', w = '', bias = '', sum] = before.inputs
    if (sum !== undefined) { layouts.nodes.push(before); continue }
    layouts.make('Conv', [x, w, bias, summand], y, Object.fromEntries(before.attributes))
    return true
  }
  return false
}

const blockPool: Rule = (layouts, node) => {
  const [x = ''] = node.inputs
  const [y = '', indices] = node.outputs
  if (!layouts.isBlocked(x) || indices !== undefined) return false
  layouts.make(node.opType, [layouts.blocked(x)], y, Object.fromEntries(node.attributes))
  return true
}

/** Over samples and positions: means of each map, and then of the maps. */
const blockReduction: Rule = (layouts, node) => {
  const [x = '', axes = ''] = node.inputs
  const [y = ''] = node.outputs
  const over = layouts.initializers.get(axes)
  if (!layouts.isBlocked(x) || !over || numbersOf(over).join() !== '0,2,3') return false
  const [, , height = 1, width = 1] = layouts.dimsOf(x)
  const means = layouts.add('GlobalAveragePool', [layouts.blocked(x)], `${y}/means`)
  const isMean = node.opType === 'ReduceMean'
  const reduced = layouts.add(node.opType, [means, axes], isMean ? y : `${y}/sum`, { keepdims: node.attributes.get('keepdims') }, '')
  if (!isMean) layouts.add('Mul', [reduced, layouts.scalar(height * width)], y, {}, '')
  return true
}

const blockReshape: Rule = (layouts, node) => {
  const [x = ''] = node.inputs
  const [y = ''] = node.outputs
  const [samples = 1, channels = 1, height = 1, width = 1] = layouts.dimsOf(x)
  const dims = layouts.dimsOf(y)
  const isNow = (...to: readonly number[]): boolean => dims.join() === to.join()
  if (!layouts.isBlocked(x)) return false
  // All maps side by side: the same memory.
  if (isNow(1, samples * channels, height, width)) layouts.make('Reshape', [layouts.blocked(x), layouts.integers(dims)], y, {}, '')
  // A kernel of whole maps (convolution.ts), and maps as columns that become rows (below).
  else if (isNow(samples * channels, 1, height, width) || isNow(samples, channels, height * width)) layouts.postpone(node)
  else return false
  return true
}

const rowsOf = (name: string): string => `${name}/rows`

/** Channels last, of [N, C, H W]. */
const blockTranspose: Rule = (layouts, node) => {
  const [x = ''] = node.inputs
  const [y = ''] = node.outputs
  const source = layouts.sourceOf(x)
  if (source === undefined || intsOf(node, 'perm')?.join() !== '0,2,1') return false
  const rows = layouts.add('ReorderOutput', [layouts.blocked(source)], rowsOf(y), { channels: int(layouts.dimsOf(source)[1] ?? 1), channels_last: int(1) })
  layouts.reshape(rows, layouts.dimsOf(y), y)
  return true
}

/** The product with the identity that moves columns (sliding-weight-gradient.ts): they are moved already. */
const blockProduct: Rule = (layouts, node) => {
  const [a = '', b = ''] = node.inputs
  const [y = ''] = node.outputs
  const [size = 0, columns = 0] = layouts.dimsOf(b)
  const matrix = layouts.initializers.get(b)
  if (!layouts.has(rowsOf(a)) || !matrix || size !== columns || layouts.dimsOf(b).length !== 2 || !numbersOf(matrix).every((value, index) => value === (index % (size + 1) === 0 ? 1 : 0))) return false
  layouts.add('Identity', [layouts.plain(a)], y, {}, '')
  return true
}

/** Nearest neighbours by whole factors. */
const blockResize: Rule = (layouts, node) => {
  const [x = '', , scales = ''] = node.inputs
  const [y = ''] = node.outputs
  const factors = layouts.initializers.get(scales)
  const plain = stringOf(node, 'mode', 'nearest') === 'nearest' && stringOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'asymmetric' && stringOf(node, 'nearest_mode', 'round_prefer_floor') === 'floor'
  if (!layouts.isBlocked(x) || !factors || !plain || numbersOf(factors).some((factor) => !Number.isInteger(factor))) return false
  layouts.make('Upsample', [layouts.blocked(x)], y, { scales: ints(numbersOf(factors)) })
  return true
}

const rules: Readonly<Record<string, Rule>> = {
  MaxPool: blockPool, AveragePool: blockPool, GlobalMaxPool: blockPool, GlobalAveragePool: blockPool, Resize: blockResize,
  ReduceMean: blockReduction, ReduceSum: blockReduction, Reshape: blockReshape, Transpose: blockTranspose, MatMul: blockProduct,
}
