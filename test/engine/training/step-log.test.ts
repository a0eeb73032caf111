import { describe, expect, it } from 'vitest'
import { meansOf, noSums, withBatch } from '#engine/training/epoch-sums.ts'
import { StepLog } from '#engine/training/step-log.ts'

const step = (number: number) => ({ step: number, loss: 1 / number, rate: 0.1, gradientNorm: 2 })

describe('the steps of a run', () => {
  it('are told of once and written once, and all stay known', () => {
    const log = new StepLog([step(1), step(2)])
    log.add(step(3))
    log.add(step(4))
    expect(log.takeUnsent().map((each) => each.step)).toEqual([3, 4])
    expect(log.takeUnsent()).toEqual([])
    log.add(step(5))
    expect(log.takeUnsent().map((each) => each.step)).toEqual([5])
    expect(log.takeUnwritten().map((each) => each.step)).toEqual([3, 4, 5])
    expect(log.unwritten).toBe(0)
    expect(log.observations.map((each) => each.step)).toEqual([1, 2, 3, 4, 5])
    expect(log.records.map((each) => each.step)).toEqual([1, 2, 3, 4, 5])
  })

  it('that failed are seen by the doctor alone', () => {
    const log = new StepLog([])
    log.add(step(1))
    log.addFailed({ ...step(2), loss: NaN })
    expect(log.observations.map((each) => each.step)).toEqual([1, 2])
    expect([log.records, log.takeUnsent(), log.takeUnwritten()].map((steps) => steps.map((each) => each.step))).toEqual([[1], [1], [1]])
  })

  it('hold how much each layer moved beside its weights', () => {
    const record = new StepLog([]).add({ ...step(1), layers: [{ layer: 'dense1', gradientNorm: 1, weightNorm: 4, updateNorm: 1 }] })
    expect(record.updateRatios).toEqual({ dense1: 0.25 })
  })

  it('go at the pace of the last ones, whatever the first took', () => {
    const log = new StepLog([])
    expect(log.msPerStep).toBeUndefined()
    log.time(900)
    expect(log.msPerStep).toBe(900)
    log.time(20)
    log.time(10)
    expect(log.msPerStep).toBe(20)
    for (let index = 0; index < 31; index++) log.time(30)
    expect(log.msPerStep).toBe(30)
  })
})

it('an epoch’s means weigh every example alike', () => {
  const sums = withBatch(withBatch(noSums(), { loss: 1, score: 0.5, rows: 30 }), { loss: 2, score: 1, rows: 10 })
  expect(meansOf({ ...sums, seconds: 2 })).toEqual({ train: { loss: 1.25, score: 0.625 }, examplesPerSecond: 20, seconds: 2 })
  expect(meansOf(noSums()).train).toEqual({ loss: 0, score: 0 })
})
