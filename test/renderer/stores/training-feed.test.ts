import { describe, expect, it } from 'vitest'
import type { Epoch, Finding, RunDetail, StepRecord } from '#contract/training.ts'
import { applyRunEvent } from '#renderer/stores/training-feed.ts'
import { fakeRecipes, FakeRun } from '../../support/fake-training.ts'

const steps = (...numbers: number[]): StepRecord[] => numbers.map((step) => ({ step, loss: step / 10, rate: 0.1, gradientNorm: 1 }))
const epoch = (number: number, loss = 1): Epoch => ({ epoch: number, train: { loss, score: 0.5 }, validation: { loss, score: 0.5, recall: [], confusion: [] }, examplesPerSecond: 10, seconds: 1, rate: 0.1, gained: 0, lost: 0 })
const finding = (id: string, title = id): Finding => ({ id, rule: id, severity: 'warning', title, evidence: '', meaning: '', epoch: 1, step: 1, source: '', fixes: [] })
const pace = { epoch: 1, batch: 1, examplesPerSecond: 10, remainingMs: null, msPerStep: 1 }
const run = (): RunDetail => new FakeRun(fakeRecipes[4]!.recipe, 'a', 1000).detail

describe('what is known of a run', () => {
  it('grows by steps, and hears the same step twice but once', () => {
    let detail = applyRunEvent(run(), { type: 'steps', steps: steps(1, 2, 3), ...pace })
    detail = applyRunEvent(detail, { type: 'steps', steps: steps(3, 4), ...pace })
    expect(detail.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4])
  })

  it('goes back to the checkpoint with a run that was resumed there', () => {
    let detail: RunDetail = { ...run(), steps: steps(1, 2, 3, 4, 5, 6), history: [epoch(1), epoch(2), epoch(3)] }
    detail = applyRunEvent(detail, { type: 'steps', steps: steps(4), ...pace })
    expect(detail.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4])
    detail = applyRunEvent(detail, { type: 'epoch', epoch: epoch(2, 0.5) })
    expect(detail.history.map(({ epoch: number, train }) => [number, train.loss])).toEqual([[1, 1], [2, 0.5]])
  })

  it('shows the findings that stand, in the doctor’s order: causes first', () => {
    let detail = applyRunEvent(run(), { type: 'findings', findings: [finding('a'), finding('b')] })
    detail = applyRunEvent(detail, { type: 'findings', findings: [finding('c'), finding('b', 'b again')] })
    expect(detail.findings.map(({ title }) => title)).toEqual(['c', 'b again'])
  })

  it('does not change what it was given', () => {
    const before = run()
    const kept = structuredClone(before)
    applyRunEvent(before, { type: 'epoch', epoch: epoch(1) })
    applyRunEvent(before, { type: 'steps', steps: steps(1), ...pace })
    expect(before).toEqual(kept)
  })
})
