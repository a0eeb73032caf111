/** A doctor's fix tried on a short branch of a run. */
import { AppError } from '#contract/errors.ts'
import type { Epoch, Finding, Fix, FixOutcome, Metrics, Recipe, RunDetail } from '#contract/training.ts'
import { outcomeSummary } from './doctor/outcome-summary.ts'
import { changedRecipe } from './recipe.ts'
import type { Checkpoint } from './run-folder.ts'

/** After a change of these, weights that were learned without it are no beginning. */
const fresh: ReadonlySet<string> = new Set(['net', 'initialization', 'standardize', 'data', 'split'])
/** The same where the weights themselves are what a rule found fault with, */
const spoiled: ReadonlySet<string> = new Set([
  'poor-initialization', 'inputs-not-standardized', 'targets-not-standardized', 'learning-rate-too-high', 'loss-not-finite', 'loss-exploding', 'exploding-gradients', 'vanishing-gradients',
  'dead-relus', 'saturation', 'constant-answer', 'no-better-than-guessing', 'overfitting', 'labels-noisy',
])
/** and where the rate depends on how far the run is. */
const paced: readonly string[] = ['schedule', 'warmup']

const trialEpochs = 2
/** From fresh weights: as much training as the run had, within limits. */
const longestFreshTrial = 4
const freshSteps = 400

export interface Trial {
  readonly recipe: Recipe
  readonly from: Checkpoint | undefined
  readonly epochs: number
  /** What the trial is to be compared with: the run's last metrics, or those after as much training. */
  readonly before: Metrics | undefined
}

export interface TrialParts {
  readonly recipe: Recipe
  readonly finding: Pick<Finding, 'rule'>
  readonly fix: Pick<Fix, 'changes'>
  readonly newest: Checkpoint | undefined
  readonly history: readonly Epoch[]
  readonly stepsPerEpoch: number
}

export function trialOf({ recipe, finding, fix: { changes }, newest, history, stepsPerEpoch }: TrialParts): Trial {
  const changed = changedRecipe(recipe, changes)
  const { optimizer } = changes
  const isPaced = typeof optimizer === 'object' && optimizer !== null && paced.some((key) => key in optimizer)
  if (!newest || isPaced || spoiled.has(finding.rule) || Object.keys(changes).some((key) => fresh.has(key))) {
    const longest = Math.max(longestFreshTrial, Math.ceil(freshSteps / Math.max(1, stepsPerEpoch)))
    const epochs = Math.min(longest, Math.max(trialEpochs, history.length))
    return { recipe: { ...changed, epochs }, from: undefined, epochs, before: (history[epochs - 1] ?? history.at(-1))?.validation }
  }
  const { epoch, batch } = newest.notes
  const done = batch === 0 ? epoch : epoch - 1
  // The trial's own epochs, from whole ones.
  const notes = { ...newest.notes, epoch: done, batch: 0, history: newest.notes.history.slice(0, done), best: undefined, waited: 0 }
  return { recipe: { ...changed, epochs: done + trialEpochs }, from: { tensors: newest.tensors, notes }, epochs: trialEpochs, before: history.at(-1)?.validation }
}

export function outcomeOf({ finding, fix, run, before, steps }: { readonly finding: Finding; readonly fix: string; readonly run: RunDetail; readonly before: Metrics | undefined; readonly steps: number }): FixOutcome {
  const after = run.history.at(-1)?.validation
  if (!after || run.summary.state === 'failed') throw new AppError('run-failed', `The trial failed: ${run.summary.error ?? 'it ended before its first epoch was over.'}`)
  const nothing: Metrics = { loss: after.loss, score: 0, recall: after.recall.map(() => 0), confusion: [] }
  return { finding: finding.id, fix, run: run.summary.id, steps, before: before ?? nothing, after, summary: outcomeSummary(finding, before, after, run.data?.target) }
}
