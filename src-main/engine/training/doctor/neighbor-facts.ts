/**
 * Whether examples that look alike bear the same answer: an estimate of label noise that needs no network (the k-NN of Cover and Hart 1967,
 * doi 10.1109/TIT.1967.1053964; as a detector of wrong labels: Wilson 1972, doi 10.1109/TSMC.1972.4309137).
 */
import type { Dataset } from '../../datasets/dataset.ts'
import type { Standardization } from '../../datasets/standardize.ts'
import { createRandom } from '../../lib/random.ts'
import type { NeighborFacts } from './observation.ts'

const neighbors = 5
const clearMajority = 4
/** Pictures are shrunk until they have no more values than this. */
const mostValues = 256
/** Of rows of numbers; of wider ones (maps that an opened model makes) every so many-th. */
const mostColumns = 2048
const shuffleSeed = 11

export function neighborFactsOf(dataset: Dataset, sample: readonly number[], standardization: Standardization): NeighborFacts {
  const nearest = nearestOf(featuresOf(dataset, sample, standardization), sample.length)
  const { target } = dataset
  const order = createRandom(shuffleSeed).shuffle(sample.map((_, position) => position))
  if (target.kind === 'classes') {
    const labels = sample.map((example) => target.classOf[example]!)
    const truth = votes(nearest, labels)
    const { agreement, clear } = votes(nearest, order.map((position) => labels[position]!))
    return { examples: sample.length, ...truth, chance: { agreement, clear } }
  }
  const columns = target.columns.map((_, column) => sample.map((example) => target.values[example * target.columns.length + column]!))
  const best = (lists: readonly (readonly number[])[]): number => Math.max(...lists.map((list) => correlation(list, nearest.map((near) => near.reduce((sum, other) => sum + list[other]!, 0) / near.length))))
  return { examples: sample.length, agreement: best(columns), clear: 0, contradicted: 0, chance: { agreement: best(columns.map((list) => order.map((position) => list[position]!))), clear: 0 } }
}

function votes(nearest: readonly (readonly number[])[], labels: readonly number[]): Pick<NeighborFacts, 'agreement' | 'clear' | 'contradicted'> {
  let agreeing = 0
  let clear = 0
  let contradicted = 0
  nearest.forEach((near, position) => {
    const counts = new Map<number, number>()
    // Insertion order is nearness: of equal counts the nearer label wins.
    for (const other of near) counts.set(labels[other]!, (counts.get(labels[other]!) ?? 0) + 1)
    const [winner, count] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))
    const own = winner === labels[position]
    if (own) agreeing++
    if (count >= clearMajority) {
      clear++
      if (!own) contradicted++
    }
  })
  return { agreement: agreeing / nearest.length, clear: clear / nearest.length, contradicted: clear === 0 ? 0 : contradicted / clear }
}

/** [sample, values]: pictures averaged over squares, columns standardised. */
function featuresOf({ input }: Dataset, sample: readonly number[], { mean, std }: Standardization): Float32Array[] {
  if (input.kind === 'numbers') {
    const width = input.columns.length
    const kept = Math.min(width, mostColumns)
    return sample.map((example) => Float32Array.from({ length: kept }, (_, place) => {
      const column = Math.floor((place * width) / kept)
      return (input.values[example * width + column]! - (mean[column] ?? mean[0] ?? 0)) / (std[column] ?? std[0] ?? 1)
    }))
  }
  const { channels, height, width, pixels } = input
  let block = 1
  while (channels * Math.ceil(height / block) * Math.ceil(width / block) > mostValues) block++
  const columns = Math.ceil(width / block)
  return sample.map((example) => {
    const features = new Float32Array(channels * Math.ceil(height / block) * columns)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < channels; c++) features[(Math.floor(y / block) * columns + Math.floor(x / block)) * channels + c]! += pixels[((example * height + y) * width + x) * channels + c]!
    return features
  })
}

function nearestOf(features: readonly Float32Array[], count: number): number[][] {
  const size = features[0]?.length ?? 0
  const distances = features.map(() => new Float32Array(count).fill(Infinity))
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) {
      const first = features[a]!
      const second = features[b]!
      let sum = 0
      for (let i = 0; i < size; i++) {
        const difference = first[i]! - second[i]!
        sum += difference * difference
      }
      distances[a]![b] = sum
      distances[b]![a] = sum
    }
  return distances.map((row) => {
    const near: number[] = []
    for (let other = 0; other < count; other++) {
      if (near.length === neighbors && row[other]! >= row[near[neighbors - 1]!]!) continue
      let place = near.length
      while (place > 0 && row[near[place - 1]!]! > row[other]!) place--
      near.splice(place, 0, other)
      if (near.length > neighbors) near.pop()
    }
    return near.filter((other) => Number.isFinite(row[other]!))
  }).map((near, own) => (near.length > 0 ? near : [own]))
}

/** Pearson's; 0 where one side does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const average = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
  const meanA = average(a)
  const meanB = average(b)
  let product = 0
  let squareA = 0
  let squareB = 0
  for (let i = 0; i < a.length; i++) {
    product += (a[i]! - meanA) * (b[i]! - meanB)
    squareA += (a[i]! - meanA) ** 2
    squareB += (b[i]! - meanB) ** 2
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : 0
}
