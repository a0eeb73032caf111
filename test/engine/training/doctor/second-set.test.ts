import { afterAll, expect, it } from 'vitest'
import { closeShortRuns, examineShortRun } from '../../../support/short-runs.ts'
import { describeWithTestdata } from '../../../support/testdata.ts'
import { healthy, planted } from './second-set.ts'

afterAll(closeShortRuns)

describeWithTestdata('runs that the rules were not made on', () => {
  it.each(Object.entries(planted))('failing: %s', async (_, { run, first }) => {
    const { findings } = await examineShortRun(run)
    expect(first).toContain(findings[0]?.rule)
  }, 60_000)

  it.each(Object.entries(healthy))('healthy, at the end and on the way: %s', async (_, run) => {
    const { said } = await examineShortRun(run)
    expect([...said]).toEqual([])
  }, 60_000)
})
