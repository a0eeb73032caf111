/**
 * Which class's elite is mutated. Half of the children come of elites drawn uniformly, as MAP-Elites has it (Mouret and Clune 2015); half of
 * elites drawn in proportion to what they lack to certainty, 1 - p: where most classes are as good as certain, the effort goes to the others.
 * Where none is sure of anything yet the two are the same.
 */
import type { Random } from '../../lib/random.ts'
import type { Archive } from './archive.ts'

const uniformShare = 0.5

/** Draws from the archive as it is now; -1 where it is empty. */
export function parentChooser(archive: Pick<Archive<unknown>, 'occupied' | 'confidences'>, random: Random): () => number {
  const classes = archive.occupied
  const upTo = new Float64Array(classes.length)
  let total = 0
  classes.forEach((index, at) => { upTo[at] = total += Math.max(0, 1 - (archive.confidences[index] ?? 0)) })
  const uniform = (): number => classes[random.integer(0, classes.length - 1)] ?? -1
  return () => {
    if (classes.length === 0) return -1
    if (total === 0 || random.chance(uniformShare)) return uniform()
    const drawn = random.uniform() * total
    return classes[upTo.findIndex((sum) => sum > drawn)] ?? uniform()
  }
}
