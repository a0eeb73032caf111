/** How many photographs keep their answer as the budget grows. */
import { AppError } from '#contract/errors.ts'
import type { Facts } from '#contract/synthesis.ts'
import type { PictureMethod } from './define-method.ts'
import { attackAt } from './fool-pictures.ts'
import { partSteps, requirePictures } from './fool-run.ts'
import type { FoolRun } from './fool-run.ts'
import { bestOf } from './goal.ts'
import type { Goal } from './goal.ts'

/**
 * An item 'curve': share of the photographs that still get the answer they got unchanged, by budget. What was fooled at one budget is not tried
 * at larger ones: a larger ball holds the smaller.
 */
export async function curveOf(run: FoolRun, method: PictureMethod): Promise<void> {
  const { context, settings } = run
  if (method.budget === undefined) throw new AppError('option-invalid', `${method.title} takes no budget: choose a method that does for a curve.`)
  const references = requirePictures(settings, method.title)
  const budgets = [...new Set(settings.budgets)].sort((a, b) => a - b)
  const [target] = run.targets() ?? []
  const fooledAt = new Map<number, number>()
  const resumed = context.checkpoint?.notes as { readonly done: number; readonly fooledAt: readonly (readonly [number, number])[] } | undefined
  for (const [picture, budget] of resumed?.fooledAt ?? []) fooledAt.set(picture, budget)
  const kept = (judged: number): number[] => budgets.map((budget) => 1 - [...fooledAt].filter(([picture, at]) => picture < judged && at <= budget).length / Math.max(1, judged))
  const factsOf = (judged: number): Facts => ({ role: 'curve', budgets, kept: kept(judged), pictures: judged, norm: typeof method.norm === 'function' ? method.norm(run.options) : (method.norm ?? 'linf') })
  for (let index = resumed?.done ?? 0; index < references.length; index++) {
    const reference = references[index]
    if (!reference) continue
    const photograph = await run.photograph(reference)
    const [logits = new Float32Array()] = await photograph.probe.logits(photograph.picture)
    const goal: Goal = target === undefined ? { kind: 'leave', index: bestOf(logits) } : { kind: 'reach', index: target }
    for (const budget of budgets) {
      if (budget === 0) continue
      run.part(index, references.length)
      const { fooled } = await attackAt(run, method, photograph, goal, photograph.name, budget)
      if (!fooled) continue
      fooledAt.set(index, budget)
      break
    }
    await context.step({
      step: partSteps * (index + 1), steps: partSteps * references.length, label: `${index + 1} of ${references.length} photographs`, facts: { ...factsOf(index + 1), evaluations: run.evaluations },
      capture: () => ({ tensors: new Map(), notes: { done: index + 1, fooledAt: [...fooledAt] } }),
    })
  }
  const facts = factsOf(references.length)
  await context.item({ name: 'curve', title: `Answers kept under ${method.title}`, facts, content: { bytes: new TextEncoder().encode(JSON.stringify({ method: method.id, ...facts, fooledAt: references.map(({ name }, index) => ({ picture: name, budget: fooledAt.get(index) ?? null })) }, null, 1)), extension: 'json' } })
}
