/**
 * Where an elementwise function lets its gradient pass, as 1 or 0. On the CPU provider a comparison and a cast leave onnxruntime's
 * blocked (NCHWc) layout, at the cost of reordering both operands; HardSigmoid(x) = max(0, min(1, alpha x + beta)) stays in it, and
 * with a slope of a power of two that takes the smallest difference of two float32 above 1 it is the same step, exactly.
 */
import { float } from '../../onnx/attributes.ts'
import { knownNumbers, type Emit, type Value } from '../emit.ts'

/** 1 where x > bound, else 0. [x.dims broadcast with bound] of x's type. */
export const maskAbove = (emit: Emit, x: Value, bound: Value | number): Value => steepStep(emit, x, bound, 1) ?? emit.cast(emit.greater(x, bound), x.dataType)
/** 1 where x < bound, else 0. */
export const maskBelow = (emit: Emit, x: Value, bound: Value | number): Value => steepStep(emit, x, bound, -1) ?? emit.cast(emit.less(x, bound), x.dataType)

/** Multiplying by 2^127 takes the smallest normal float32 to 2. */
const steepest = 127
/** Of 2^exponent times the bound: far from overflow, and 2^77 above what a neighbour of the bound differs by. */
const boundExponent = 100

function steepStep(emit: Emit, x: Value, bound: Value | number, sign: 1 | -1): Value | undefined {
  const [number, ...more] = typeof bound === 'number' ? [bound] : (knownNumbers(bound) ?? [])
  if (emit.target.provider !== 'cpu' || x.dataType !== 'float32' || number === undefined || more.length > 0 || !Number.isFinite(number)) return undefined
  const edge = Math.fround(number)
  const slope = sign * 2 ** (edge === 0 ? steepest : Math.min(steepest, boundExponent - Math.floor(Math.log2(Math.abs(edge)))))
  return emit.node('HardSigmoid', [x], { alpha: float(slope), beta: float(edge === 0 ? 0 : -slope * edge) }, [{ dataType: x.dataType, dims: x.dims }])[0]
}
