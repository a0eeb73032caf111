/** A fix tried on a short branch of a run, and what it brought and cost. */
import { AppError } from '#contract/errors.ts'
import type { DataSummary, Finding, Fix, FixOutcome, Metrics, Recipe } from '#contract/training.ts'
import { applyFix } from './apply-fix.ts'
import { digits, percent } from './measures.ts'

/** A branch as it went: the run that it was, its steps, and its last metrics on the validation part. */
export interface Branch { readonly run: string; readonly steps: number; readonly metrics: Metrics }

export interface TryFixOptions {
  readonly recipe: Recipe
  readonly finding: Finding
  /** One of the finding's fixes. */
  readonly fix: string
  readonly target: DataSummary['target']
  /** Of the run that is to be mended, at the same amount of training where it has it. */
  readonly before: Metrics
  /**
   * Trains the changed recipe for a few epochs. 'state': from the run's last good weights; 'start': from fresh ones, since the weights are spoiled
   * or no longer fit.
   */
  readonly train: (recipe: Recipe, from: 'state' | 'start') => Promise<Branch>
}

/** Weights that these rules found fault with are no start for a branch. */
const spoiled = new Set(['poor-initialization', 'loss-exploding', 'dead-relus', 'saturation', 'learning-rate-too-high', 'loss-not-finite', 'inputs-not-standardized', 'targets-not-standardized', 'constant-answer', 'no-better-than-guessing', 'overfitting', 'labels-noisy', 'vanishing-gradients'])
const shaping = ['net', 'standardize', 'initialization', 'data'] as const

/** @throws AppError 'not-found' where the finding has no such fix */
export async function tryFix({ recipe, finding, fix: id, target, before, train }: TryFixOptions): Promise<FixOutcome> {
  const fix = finding.fixes.find((each) => each.id === id)
  if (!fix) throw new AppError('not-found', `'${finding.title}' has no fix '${id}'${finding.fixes.length > 0 ? `; it has ${finding.fixes.map((each) => `'${each.id}'`).join(', ')}` : ''}.`)
  const changed = applyFix(recipe, fix)
  const { run, steps, metrics: after } = await train(changed, startOf(finding, fix))
  return { finding: finding.id, fix: fix.id, run, steps, before, after, summary: summaryOf(finding, before, after, target) }
}

export function startOf(finding: Pick<Finding, 'rule'>, fix: Pick<Fix, 'changes'>): 'state' | 'start' {
  return spoiled.has(finding.rule) || shaping.some((key) => key in fix.changes) ? 'start' : 'state'
}

/** "Recall of '7': 0 % to 84 %; accuracy 91 % to 90 %; the other classes −0.4 points." */
export function summaryOf({ classIndex }: Pick<Finding, 'classIndex'>, before: Metrics, after: Metrics, target: DataSummary['target']): string {
  const parts: string[] = []
  if (target.kind === 'numbers' || after.recall.length === 0) parts.push(`R² ${digits(before.score)} to ${digits(after.score)}`)
  else {
    if (classIndex !== undefined) parts.push(`recall of '${target.labels[classIndex] ?? classIndex}' ${percent(before.recall[classIndex] ?? 0)} to ${percent(after.recall[classIndex] ?? 0)}`)
    parts.push(`accuracy ${percent(before.score)} to ${percent(after.score)}`)
    if (classIndex !== undefined) {
      const others = (metrics: Metrics): number => {
        const seen = metrics.recall.filter((_, index) => index !== classIndex && (metrics.confusion[index]?.some((count) => count > 0) ?? true))
        return seen.reduce((sum, recall) => sum + recall, 0) / Math.max(1, seen.length)
      }
      parts.push(`the other classes ${points(others(after) - others(before))} on average`)
    }
  }
  parts.push(`loss ${digits(before.loss)} to ${digits(after.loss)}`)
  const sentence = parts.join('; ')
  return `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}. ${verdict(classIndex, before, after)}`
}

const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} points`

function verdict(classIndex: number | undefined, before: Metrics, after: Metrics): string {
  if (!Number.isFinite(after.loss)) return 'It did not help: the loss broke down.'
  const gained = classIndex === undefined ? after.score - before.score : (after.recall[classIndex] ?? 0) - (before.recall[classIndex] ?? 0)
  const lost = classIndex === undefined ? 0 : before.score - after.score
  if (!(gained > 0.01) && Number.isFinite(before.loss) && !(after.loss < 0.9 * before.loss)) return 'It did not help.'
  return lost > 0.01 ? `It helped, at the cost of ${(100 * lost).toFixed(1)} points of accuracy.` : 'It helped.'
}
