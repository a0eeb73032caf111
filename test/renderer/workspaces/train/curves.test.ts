import { describe, expect, it } from 'vitest'
import { lossSeries, overlayOfRun, overlayOfScalars, ratioSeries, scoreSeries } from '#renderer/workspaces/train/run/curves.ts'
import { fakeRecipes, FakeRun } from '../../../support/fake-training.ts'

const stepsPerEpoch = 40
const taught = (epochs: number) => {
  const run = new FakeRun(fakeRecipes[4]!.recipe, 'a', 1000)
  run.fastForward(epochs)
  return run.detail
}

describe('curves of a run', () => {
  it('have steps at their share of the epoch and validation at its end', () => {
    const [steps, , validation] = lossSeries(taught(3), null)
    expect(steps?.xs[0]).toBe(1 / stepsPerEpoch)
    expect(steps?.xs.at(-1)).toBe(3)
    expect(validation?.xs).toEqual([1, 2, 3])
  })

  it('show balanced accuracy only where it says something of its own', () => {
    const detail = taught(2)
    expect(scoreSeries(detail, null).map(({ id }) => id)).toEqual(['train', 'validation'])
    const skewed = { ...detail, history: detail.history.map((epoch) => ({ ...epoch, validation: { ...epoch.validation, score: 0.99, confusion: [[990, 0], [10, 0]] } })) }
    const balanced = scoreSeries(skewed, null).find(({ id }) => id === 'balanced')
    expect(balanced?.ys).toEqual([0.5, 0.5])
  })

  it('have another run laid over them, training dashed', () => {
    const overlaid = lossSeries(taught(2), overlayOfRun(taught(4))).filter(({ id }) => id.startsWith('overlay'))
    expect(overlaid.map(({ look, xs }) => [look, xs.at(-1)])).toEqual([['line', 4], ['dashed', 4]])
  })

  it('have scalars of TensorBoard laid over them by their names, validation first, in epochs', () => {
    const overlay = overlayOfScalars('events', [{ tag: 'train/loss', steps: [40], values: [1] }, { tag: 'val/loss', steps: [80], values: [2] }, { tag: 'accuracy', steps: [40], values: [0.5] }, { tag: 'lr', steps: [1], values: [1] }], stepsPerEpoch)
    expect(overlay.loss).toEqual([{ xs: [2], ys: [2] }, { xs: [1], ys: [1] }])
    expect(overlay.score).toEqual([{ xs: [1], ys: [0.5] }])
  })

  it('follow update-to-weight ratios of the layers that have weights', () => {
    expect(ratioSeries(taught(1)).map(({ title }) => title)).toEqual(['20C5', '50C5', '256F', '10'])
  })
})
