/** The scalar that is differentiated, described over the values of a graph. */

/**
 * - `seed`: <tensor, s>, where s is a graph input of the tensor's shape that is fed at run time: one backward graph serves every class and unit.
 * - `unit`: tensor[n, ...index], summed over the batch axis n. An index shorter than the rank sums over the axes left (a whole channel).
 * - `sum`: every element.
 * - `difference`: unit `index` less unit `against` (why this class rather than that one).
 * - `cross-entropy`: softmax cross-entropy over the last axis of [N, classes], by default summed over the batch. A tensor that
 *   a Softmax has made is taken back to the logits that went in. `labels` are class numbers, or the name of a graph input,
 *   fed at run time with a distribution over the classes (one-hot, smoothed or mixed).
 * - `combination`: a weighted sum of the above.
 */
export type Target =
  | { readonly kind: 'seed'; readonly tensor: string; readonly input?: string }
  | { readonly kind: 'unit'; readonly tensor: string; readonly index: readonly number[] }
  | { readonly kind: 'sum'; readonly tensor: string }
  | { readonly kind: 'difference'; readonly tensor: string; readonly index: readonly number[]; readonly against: readonly number[] }
  | { readonly kind: 'cross-entropy'; readonly tensor: string; readonly labels: readonly number[] | { readonly input: string }; readonly reduction?: 'sum' | 'mean' }
  | { readonly kind: 'combination'; readonly terms: readonly { readonly weight: number; readonly target: Target }[] }

/** Name of the graph input that a seed target adds. */
export const seedInputOf = (target: Extract<Target, { kind: 'seed' }>): string => target.input ?? `${target.tensor}/seed`

/** The values a target reads. */
export function tensorsOf(target: Target): string[] {
  return target.kind === 'combination' ? target.terms.flatMap((term) => tensorsOf(term.target)) : [target.tensor]
}
