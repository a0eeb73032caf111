/** Einsum equations with every axis named: ellipses and implicit outputs spelled out. */
import { AppError } from '#contract/errors.ts'

export interface Contraction {
  /** Labels of each operand's axes, one letter an axis. */
  readonly operands: readonly string[]
  readonly output: string
  /** Length of each label's axis (of the longest, where one is broadcast). */
  readonly extents: ReadonlyMap<string, number>
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')

/** Throws `model-invalid` where the equation does not fit the operands. */
export function parseEinsum(equation: string, operands: readonly (readonly number[])[]): Contraction {
  const compact = equation.replaceAll(/\s/g, '')
  const [left = '', right] = compact.split('->')
  const terms = left.split(',')
  const invalid = (why: string): AppError => new AppError('model-invalid', `The Einsum equation '${equation}' ${why}.`)
  if (terms.length !== operands.length) throw invalid(`names ${terms.length} operands and has ${operands.length}`)
  const widths = terms.map((term, index) => (operands[index]?.length ?? 0) - term.replace('...', '').length)
  const broadcast = Math.max(0, ...terms.map((term, index) => (term.includes('...') ? (widths[index] ?? 0) : 0)))
  const spare = letters.filter((letter) => !compact.includes(letter)).slice(0, broadcast).join('')
  if (spare.length < broadcast) throw invalid('leaves no letters for its ellipsis')
  // Broadcast axes align at the end.
  const named = terms.map((term, index) => term.replace('...', spare.slice(broadcast - Math.max(0, widths[index] ?? 0))))
  const extents = new Map<string, number>()
  for (const [index, term] of named.entries()) {
    const dims = operands[index] ?? []
    if (term.length !== dims.length) throw invalid(`gives operand ${index} ${term.length} axes where it has ${dims.length}`)
    for (const [axis, label] of Array.from(term).entries()) extents.set(label, Math.max(extents.get(label) ?? 1, dims[axis] ?? 1))
  }
  const all = Array.from(named.join(''))
  const once = [...new Set(all)].filter((label) => !spare.includes(label) && all.indexOf(label) === all.lastIndexOf(label)).sort().join('')
  const output = right === undefined ? (compact.includes('...') ? spare : '') + once : right.replace('...', spare)
  return { operands: named, output, extents }
}
