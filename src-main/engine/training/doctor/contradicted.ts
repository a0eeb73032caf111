/**
 * Share of examples whose label the network contradicts: another class has at least the probability that this class has on average in examples
 * labelled as it (the confident joint's off-diagonal, Northcutt et al. 2021, arXiv:1911.00068, eq. 1).
 */
export function contradictedShare(probabilities: ArrayLike<number>, classOf: ArrayLike<number>, classes: number): number {
  const examples = classOf.length
  const sums = new Float64Array(classes)
  const counts = new Float64Array(classes)
  for (let example = 0; example < examples; example++) {
    const label = classOf[example]!
    sums[label]! += probabilities[example * classes + label]!
    counts[label]!++
  }
  const thresholds = sums.map((sum, label) => (counts[label]! > 0 ? sum / counts[label]! : Infinity))
  let contradicted = 0
  for (let example = 0; example < examples; example++) {
    let best = -1
    for (let label = 0; label < classes; label++) {
      const probability = probabilities[example * classes + label]!
      if (probability >= thresholds[label]! && (best < 0 || probability > probabilities[example * classes + best]!)) best = label
    }
    if (best >= 0 && best !== classOf[example]) contradicted++
  }
  return examples > 0 ? contradicted / examples : 0
}
