/** A doctor's fix tried on a short branch of a run. */
import { AppError } from '#contract/errors.ts'
import type { Finding, FixOutcome, Metrics, Recipe, RunDetail } from '#contract/training.ts'
import type { Checkpoint } from './run-folder.ts'

/** After a change of these, weights that were learned without it are no beginning. */
const fresh: ReadonlySet<string> = new Set(['net', 'initialization', 'standardize', 'data', 'split'])
const trialEpochs = 2
const longestFreshTrial = 4

export interface Trial { readonly recipe: Recipe; readonly from: Checkpoint | undefined; readonly epochs: number }

/** Two epochs more; from fresh weights as many as the run had so far, within limits. */
export function trialOf(recipe: Recipe, changes: Readonly<Record<string, unknown>>, newest: Checkpoint | undefined, epochsSoFar: number): Trial {
  const restarts = !newest || Object.keys(changes).some((key) => fresh.has(key))
  if (restarts) {
    const epochs = Math.min(longestFreshTrial, Math.max(trialEpochs, epochsSoFar))
    return { recipe: { ...recipe, epochs }, from: undefined, epochs }
  }
  const { epoch, batch } = newest.notes
  const done = batch === 0 ? epoch : epoch - 1
  // The trial's own epochs, from whole ones.
  const notes = { ...newest.notes, epoch: done, batch: 0, history: newest.notes.history.slice(0, done), best: undefined, waited: 0 }
  return { recipe: { ...recipe, epochs: done + trialEpochs }, from: { tensors: newest.tensors, notes }, epochs: trialEpochs }
}

export function outcomeOf({ finding, fix, run, before, steps }: { readonly finding: Finding; readonly fix: string; readonly run: RunDetail; readonly before: Metrics | undefined; readonly steps: number }): FixOutcome {
  const after = run.history.at(-1)?.validation
  if (!after || run.summary.state === 'failed') throw new AppError('run-failed', `The trial failed: ${run.summary.error ?? 'it ended before its first epoch was over.'}`)
  const nothing: Metrics = { loss: after.loss, score: 0, recall: after.recall.map(() => 0), confusion: [] }
  const first = before ?? nothing
  return { finding: finding.id, fix, run: run.summary.id, steps, before: first, after, summary: summaryOf(finding, first, after, run) }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const signed = (share: number): string => `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)} %`

function summaryOf({ classIndex }: Finding, before: Metrics, after: Metrics, { data }: RunDetail): string {
  const target = data?.target
  if (target?.kind !== 'classes') return `R² ${before.score.toFixed(3)} to ${after.score.toFixed(3)}, loss ${before.loss.toPrecision(3)} to ${after.loss.toPrecision(3)}.`
  const all = `accuracy ${percent(before.score)} to ${percent(after.score)}`
  if (classIndex === undefined) return `${all}, loss ${before.loss.toPrecision(3)} to ${after.loss.toPrecision(3)}.`
  const others = (metrics: Metrics): number => { const rest = metrics.recall.filter((_, index) => index !== classIndex); return rest.reduce((sum, recall) => sum + recall, 0) / Math.max(1, rest.length) }
  return `Recall of ${target.labels[classIndex] ?? classIndex}: ${percent(before.recall[classIndex] ?? 0)} to ${percent(after.recall[classIndex] ?? 0)}; of the others ${signed(others(after) - others(before))}; ${all}.`
}
