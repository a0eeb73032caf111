/** What a reshape that was written down for one input size means at another. */

interface Group {
  /** Axes of the input, and those of the output that hold the same elements. */
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** The finest partition of both shapes into runs of axes with equal products; undefined where there is none. */
function groupsOf(from: readonly number[], to: readonly number[]): readonly Group[] | undefined {
  const groups: { from: number[]; to: number[] }[] = []
  let [i, j] = [0, 0]
  while (i < from.length && j < to.length) {
    const group = { from: [i], to: [j] }
    let [left, right] = [from[i++] ?? 1, to[j++] ?? 1]
    while (left !== right) {
      if (left < right && i < from.length) {
        group.from.push(i)
        left *= from[i++] ?? 1
      } else if (left > right && j < to.length) {
        group.to.push(j)
        right *= to[j++] ?? 1
      } else return undefined
    }
    groups.push(group)
  }
  const last = groups.at(-1)
  if (!last) return undefined
  // What is left over are extents of 1.
  for (; i < from.length; i++) if (from[i] === 1) last.from.push(i); else return undefined
  for (; j < to.length; j++) if (to[j] === 1) last.to.push(j); else return undefined
  return groups
}

const product = (dims: readonly number[], axes: readonly number[]): number => axes.reduce((whole, axis) => whole * (dims[axis] ?? 1), 1)

/**
 * The target that does for an input of shape `now` what `to` did for one of shape `from`: extents that were merged are merged again, extents
 * that did not change are split as before. Undefined where that leaves a choice (a changed extent that was split in two).
 */
export function regrouped(from: readonly number[], to: readonly number[], now: readonly number[]): readonly number[] | undefined {
  if (from.length !== now.length || from.includes(0)) return undefined
  const groups = groupsOf(from, to)
  if (!groups) return undefined
  const target = [...to]
  for (const group of groups) {
    if (group.from.every((axis) => from[axis] === now[axis])) continue
    if (group.from.length === group.to.length && group.from.every((axis, index) => from[axis] === to[group.to[index] ?? -1])) {
      for (const [index, axis] of group.to.entries()) target[axis] = now[group.from[index] ?? -1] ?? 1
      continue
    }
    const long = group.to.filter((axis) => to[axis] !== 1)
    if (long.length > 1) return undefined
    target[long[0] ?? group.to[0] ?? 0] = product(now, group.from)
  }
  return target
}
