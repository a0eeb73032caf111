/** DeepFool's step: the shortest way to the nearest border of a network taken as linear around the picture. */
import { normOf } from './ball.ts'
import type { Goal } from './goal.ts'
import type { Probe } from './probe.ts'

/** Keeps the distance from being zero on the border itself, as the authors' code has it. */
const margin = 1e-4

/**
 * l = argmin over k of |f_k| / |w_k|, r = |f_l| / |w_l|^2 w_l, with f_k = z_k - z_from and w_k its gradient (Moosavi-Dezfooli et al. 2015,
 * arXiv:1511.04599, algorithm 2). Undefined where the picture is beyond the border already.
 */
export async function minimalStep(probe: Probe, picture: Float32Array, goal: Goal, candidates: number): Promise<Float32Array | undefined> {
  const [logits = new Float32Array()] = await probe.logits(picture)
  const order = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0))
  const answer = order[0] ?? 0
  if ((answer === goal.index) === (goal.kind === 'reach')) return undefined
  const from = goal.kind === 'reach' ? answer : goal.index
  const towards = goal.kind === 'reach' ? [goal.index] : order.filter((index) => index !== from).slice(0, candidates)
  let shortest: { readonly length: number; readonly step: Float32Array } | undefined
  for (const index of towards) {
    const { gradient } = await probe.slope(picture, { kind: 'linear', weights: new Map([[index, 1], [from, -1]]) })
    const distance = Math.abs((logits[index] ?? 0) - (logits[from] ?? 0)) + margin
    const norm = normOf(gradient)
    if (norm === 0) continue
    const length = distance / norm
    if (!shortest || length < shortest.length) shortest = { length, step: gradient.map((value) => (distance / (norm * norm)) * value) }
  }
  return shortest?.step
}
