/** What LpPool and GlobalLpPool share: y = (sum |x|^p)^(1/p), so dx = |x|^(p-1) sign(x) times the sum of dy y^(1-p) over the windows x lies in. */
import type { Emit, Value } from '../emit.ts'

/** dy y^(1-p), 0 where y is 0 (every element of the window is 0 there, and so is its gradient). */
export function lpOutputFactor(emit: Emit, dy: Value, y: Value, p: number): Value {
  if (p === 1) return dy
  const isZero = emit.equal(y, 0)
  const safe = emit.where(isZero, emit.scalar(1, y.dataType), y)
  return emit.mul(emit.gate(dy, emit.not(isZero)), p === 2 ? emit.reciprocal(safe) : emit.pow(safe, 1 - p))
}

/** |x|^(p-1) sign(x) */
export function lpInputFactor(emit: Emit, x: Value, p: number): Value {
  if (p === 1) return emit.sign(x)
  if (p === 2) return x
  return emit.mul(emit.sign(x), emit.pow(emit.abs(x), p - 1))
}
