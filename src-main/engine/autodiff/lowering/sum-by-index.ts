import type { Emit, Value } from '../emit.ts'

/** Consecutive positions whose indices go up by one, down by one, or stay. */
interface Run {
  readonly begin: number
  readonly length: number
  readonly source: number
  readonly step: -1 | 0 | 1
}

/** Splits an index list into runs, greedily. */
export function runsOf(indices: readonly number[]): Run[] {
  const runs: Run[] = []
  for (let begin = 0; begin < indices.length;) {
    const source = indices[begin] ?? 0
    const stride = (indices[begin + 1] ?? NaN) - source
    const step = stride === 1 || stride === -1 || stride === 0 ? stride : 1
    let length = 1
    while (indices[begin + length] === source + step * length) length++
    runs.push({ begin, length, source, step })
    begin += length
  }
  return runs
}

/**
 * The transpose of gathering along one axis by indices that are known: element i of the result, of extent `extent`, is the
 * sum of `value` at the positions p with indices[p] = i. Built from slices, flips, sums and pads, one group a run.
 */
export function sumByIndex(emit: Emit, value: Value, axis: number, indices: readonly number[], extent: number): Value {
  const parts = runsOf(indices).map(({ begin, length, source, step }) => {
    const whole = begin === 0 && length === indices.length
    const part = whole ? value : emit.slice(value, [begin], [begin + length], [axis])
    const laid = step === 0 && length > 1 ? emit.reduceSum(part, [axis], true) : step === -1 ? emit.flip(part, [axis]) : part
    const first = step === -1 ? source - length + 1 : source
    const pads = [first, extent - first - (laid.dims[axis] ?? 1)]
    return emit.pad(laid, [0, 1].flatMap((side) => value.dims.map((_, at) => (at === axis ? (pads[side] ?? 0) : 0))))
  })
  const [head, ...tail] = parts
  if (!head) return emit.fill(value.dims.map((dim, at) => (at === axis ? extent : dim)), 0, value.dataType)
  return tail.reduce((sum, part) => emit.add(sum, part), head)
}
