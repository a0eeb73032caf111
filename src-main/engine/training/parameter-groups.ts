/**
 * Which parameters the optimiser moves together. A small network has dozens of vectors (biases, scales, shifts) and an optimiser ten operators for each,
 * of which every one costs some microseconds on the CPU whatever its length: joined end to end, all take one update.
 */
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import type { BuiltNetwork } from './network.ts'

export interface ParameterGroup {
  readonly names: readonly string[]
  /** Of each. */
  readonly lengths: readonly number[]
  /** Of the whole: of the only one, or of all vectors joined. */
  readonly dims: readonly number[]
  /** Share of the rate. */
  readonly share: number
  readonly smoothness: number
}

/** Longer vectors cost more to join than they save. */
const longest = 4096

export function groupParameters({ parameters, rates, smoothness }: BuiltNetwork, target: LoweringTarget): readonly ParameterGroup[] {
  const groups: ParameterGroup[] = []
  const joined = new Map<number, { readonly names: string[]; readonly lengths: number[] }>()
  for (const [name, { dims }] of parameters) {
    const share = rates.get(name) ?? 1
    const length = elementCount(dims)
    if (target.provider === 'cpu' && dims.length === 1 && length <= longest && !smoothness.has(name)) {
      const vectors = joined.get(share) ?? { names: [], lengths: [] }
      joined.set(share, vectors)
      vectors.names.push(name)
      vectors.lengths.push(length)
    } else groups.push({ names: [name], lengths: [length], dims, share, smoothness: smoothness.get(name) ?? 0 })
  }
  for (const [share, { names, lengths }] of joined) groups.push({ names, lengths, dims: [lengths.reduce((sum, length) => sum + length, 0)], share, smoothness: 0 })
  return groups
}
