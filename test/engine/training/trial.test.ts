import { describe, expect, it } from 'vitest'
import type { Epoch, Metrics } from '#contract/training.ts'
import { trialOf } from '#engine/training/trial.ts'
import type { Checkpoint } from '#engine/training/run-folder.ts'
import { recipeOf } from '../../support/short-runs.ts'

const metrics = (score: number): Metrics => ({ loss: 1 - score, score, recall: [], confusion: [] })
const history = Array.from({ length: 6 }, (_, index): Epoch => ({ epoch: index + 1, train: { loss: 1, score: 0.5 }, validation: metrics(0.5 + index / 20), examplesPerSecond: 1000, seconds: 1, rate: 0.001, gained: 0, lost: 0 }))
const newest: Checkpoint = { tensors: new Map(), notes: { step: 600, epoch: 6, batch: 0, rate: 0.001, sums: { loss: 0, right: 0, rows: 0, squares: 0, spread: 0, seconds: 0 }, history, best: undefined, waited: 0 } }
const recipe = recipeOf({ recipe: { epochs: 6 } })
const parts = { recipe, newest, history, stepsPerEpoch: 100 }

describe('the trial of a fix', () => {
  it('goes on from the last weights where these are sound', () => {
    const trial = trialOf({ ...parts, finding: { rule: 'class-given-up' }, fix: { changes: { sampler: 'balanced', loss: { classWeights: 'none' } } } })
    expect(trial.from?.notes).toMatchObject({ epoch: 6, batch: 0, step: 600 })
    expect(trial.recipe).toMatchObject({ sampler: 'balanced', epochs: 8 })
    expect(trial.before).toBe(history[5]?.validation)
  })

  it.each([
    ['the rule found fault with the weights', 'learning-rate-too-high', { optimizer: { rate: 0.0001 } }],
    ['the network is another', 'underfitting', { net: { kind: 'notation', text: '256F 10' } }],
    ['the rate depends on how far the run is', 'plateau', { optimizer: { schedule: 'cosine' } }],
  ])('begins anew where %s, and is compared after as much training', (_, rule, changes) => {
    const trial = trialOf({ ...parts, finding: { rule }, fix: { changes } })
    expect(trial.from).toBeUndefined()
    expect(trial.epochs).toBe(4)
    expect(trial.before).toBe(history[3]?.validation)
  })

  it('trains small data for more epochs, but not for more than the run had', () => {
    expect(trialOf({ ...parts, stepsPerEpoch: 2, finding: { rule: 'overfitting' }, fix: { changes: { patience: 2 } } }).epochs).toBe(6)
  })

  it('refuses changes that make no recipe', () => {
    expect(() => trialOf({ ...parts, finding: { rule: 'plateau' }, fix: { changes: { optimizer: { rate: -1 } } } })).toThrow(/rate/)
  })
})
