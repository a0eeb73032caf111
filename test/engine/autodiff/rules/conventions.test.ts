/**
 * Where a derivative does not exist (kinks, ties, steps) or its formula divides by zero, the rules follow PyTorch. Expected
 * numbers: PyTorch 1.13 float64, each by
 *   t = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]; f(*t).sum().backward(); [x.grad for x in t]
 */
import { describe, expect, it } from 'vitest'
import { float, int, string } from '#engine/onnx/attributes.ts'
import { float32Tensor, int64Tensor, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { nodeGradients } from '../../../support/node-gradient.ts'
import type { NodeCase } from '../../../support/node-model.ts'

const row = (...values: number[]) => ({ dims: [values.length], values })
const table = (...rows: number[][]) => ({ dims: [rows.length, rows[0]?.length ?? 0], values: rows.flat() })
const axis = (at: number) => ({ constant: int64Tensor([1], [at]) })
const scalar = (value: number) => ({ constant: float32Tensor([], [value]) })

/** float32 arithmetic of numbers of order 1. */
const digits = 6

async function expectGradients(nodeCase: NodeCase, expected: number[][], precision = digits): Promise<void> {
  const gradients = await nodeGradients(nodeCase)
  expect(gradients.length).toBe(expected.length)
  for (const [input, numbers] of expected.entries())
    for (const [at, number] of numbers.entries()) expect(gradients[input]?.[at], `input ${input}, element ${at}`).toBeCloseTo(number, precision)
}

describe('at a kink', () => {
  it.each<[string, NodeCase, number[]]>([
    ['torch.abs', { op: 'Abs', inputs: [row(-1, 0, 2)] }, [-1, 0, 1]],
    ['F.relu', { op: 'Relu', inputs: [row(-1, 0, 2)] }, [0, 0, 1]],
    ['F.leaky_relu', { op: 'LeakyRelu', inputs: [row(-1, 0, 2)] }, [0.01, 0.01, 1]],
    ['F.elu', { op: 'Elu', inputs: [row(-1, 0, 2)] }, [0.36787944117144233, 1, 1]],
    ['F.selu', { op: 'Selu', inputs: [row(-1, 0, 2)] }, [0.646768603034814, 1.7580993408473766, 1.0507009873554805]],
    ['F.celu', { op: 'Celu', inputs: [row(-1, 0, 2)] }, [0.36787944117144233, 1, 1]],
    ['F.softsign', { op: 'Softsign', inputs: [row(-1, 0, 2)] }, [0.25, 1, 1 / 9]],
    ['F.hardsigmoid', { op: 'HardSigmoid', attributes: { alpha: float(1 / 6) }, inputs: [row(-4, -3, 0, 3, 4)] }, [0, 0, 1 / 6, 0, 0]],
    ['F.relu6', { op: 'Clip', inputs: [row(-1, 0, 3, 6, 7), scalar(0), scalar(6)] }, [0, 0, 1, 0, 0]],
    ['F.hardshrink', { op: 'Shrink', inputs: [row(-0.5, 0, 0.5, 0.6)] }, [0, 0, 0, 1]],
    ['F.threshold(x, 1, 0)', { op: 'ThresholdedRelu', inputs: [row(0.5, 1, 2)] }, [0, 0, 1]],
  ])('%s', (_, nodeCase, expected) => expectGradients(nodeCase, [expected]))

  it('F.prelu, slope included', () => expectGradients({ op: 'PRelu', inputs: [row(-1, 0, 2), row(0.25)] }, [[0.25, 0.25, 1], [-1]]))

  it('hardswish takes the outer pieces at -3 and 3, as PyTorch does since 2.4', () =>
    expectGradients({ op: 'HardSwish', inputs: [row(-4, -3, 0, 3, 4)] }, [[0, 0, 0.5, 1, 1]]))
})

describe('where values tie, the gradient is shared evenly', () => {
  it('torch.maximum', () => expectGradients({ op: 'Max', inputs: [row(1, 2, 3), row(1, 5, 0)] }, [[0.5, 0, 1], [0.5, 1, 0]]))
  it('torch.minimum', () => expectGradients({ op: 'Min', inputs: [row(1, 2, 3), row(1, 5, 0)] }, [[0.5, 1, 0], [0.5, 0, 1]]))
  it('torch.amax', () => expectGradients({ op: 'ReduceMax', inputs: [table([1, 3, 3, 3], [0, 0, 1, 2]), axis(1)] }, [[0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 1]]))
  it('torch.amin', () => expectGradients({ op: 'ReduceMin', inputs: [table([1, 3, 3, 3], [0, 0, 1, 2]), axis(1)] }, [[1, 0, 0, 0, 0.5, 0.5, 0, 0]]))
})

describe('where a step is constant, the gradient is zero', () => {
  it.each(['Sign', 'Floor', 'Ceil', 'Round'])('%s', (op) => expectGradients({ op, inputs: [row(-1, -0.3, 0, 0.5, 2.7)] }, [[0, 0, 0, 0, 0]]))
})

describe('where a formula would divide by zero', () => {
  it('powers of zero, and zero as exponent', () =>
    expectGradients({ op: 'Pow', inputs: [row(0, 0, 0, 2, 2, 0.5), row(0, 1, 2, 0, -1, 0.5)] }, [
      [0, 1, 0, 0, -0.25, 0.7071067811865476],
      [0, 0, 0, 0.6931471805599453, 0.34657359027997264, -0.4901290717342736],
    ]))
  it('a constant exponent of zero', () => expectGradients({ op: 'Pow', inputs: [row(0, 2), scalar(0)] }, [[0, 0]]))
  it('the square of zero and of negative numbers', () => expectGradients({ op: 'Pow', inputs: [row(0, -1.5), scalar(2)] }, [[0, -3]]))
  it('a product with one zero, and with two', () =>
    expectGradients({ op: 'ReduceProd', inputs: [table([2, 3, 4], [2, 0, 4], [0, 0, 4]), axis(1)] }, [[12, 8, 6, 0, 8, 0, 0, 0, 0]]))
  it('the norm of zeros', () => expectGradients({ op: 'ReduceL2', inputs: [table([3, 4], [0, 0]), axis(1)] }, [[0.6, 0.8, 0, 0]]))
  it('the sum of magnitudes of zeros', () => expectGradients({ op: 'ReduceL1', inputs: [table([3, -4], [0, 0]), axis(1)] }, [[1, -1, 0, 0]]))
  // e^(x - y) with y near 1000, whose last bit is 6e-5: PyTorch's float32 loses as many digits.
  it('logsumexp of large numbers', () => expectGradients({ op: 'ReduceLogSumExp', inputs: [table([1000, 1000], [-1000, 0]), axis(1)] }, [[0.5, 0.5, 0, 1]], 4))
})

describe('conversions', () => {
  it('torch.fmod rounds the quotient towards zero', () => expectGradients({ op: 'Mod', attributes: { fmod: int(1) }, inputs: [row(5.5, -5.5), row(2, 2)] }, [[1, 1], [-2, 2]]))
  it.each([['float16', 10], ['float64', 11]])('a cast to %s passes the gradient', (_type, to) => expectGradients({ op: 'Cast', attributes: { to: int(to) }, inputs: [row(0.5, -2)] }, [[1, 1]]))
  it('a cast to int64 has nothing smooth to differentiate, and says so', async () => {
    await expect(nodeGradients({ op: 'Cast', attributes: { to: int(7) }, inputs: [row(0.5, -2)] })).rejects.toThrow(/int64 numbers.*do not vary smoothly/)
  })
})

describe('refusals name what to do', () => {
  it('Dropout in training mode', async () => {
    const training = { constant: tensorOfNumbers('bool', [], [1]) }
    await expect(nodeGradients({ op: 'Dropout', inputs: [row(1, 2), scalar(0.5), training] })).rejects.toThrow(/training mode.*model\.eval\(\)/)
  })
  it.each(['mul', 'max', 'min'])('ScatterElements with reduction %s', async (reduction) => {
    const inputs = [row(1, 2), { constant: int64Tensor([1], [0]) }, row(3)]
    await expect(nodeGradients({ op: 'ScatterElements', attributes: { reduction: string(reduction) }, inputs })).rejects.toThrow(new RegExp(`reduction '${reduction}'`))
    const tuples = [row(1, 2), { constant: int64Tensor([1, 1], [0]) }, row(3)]
    await expect(nodeGradients({ op: 'ScatterND', attributes: { reduction: string(reduction) }, inputs: tuples })).rejects.toThrow(new RegExp(`reduction '${reduction}'`))
  })
})
