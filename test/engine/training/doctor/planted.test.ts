/** Real runs, a second or two each: what is planted is named first, and what is healthy is left alone. */
import { afterAll, describe, expect, it } from 'vitest'
import { changedRecipe } from '#engine/training/recipe.ts'
import { closeShortRuns, examineShortRun, recipeOf } from '../../../support/short-runs.ts'
import { healthy, healthyToo, planted } from './short-runs.ts'

afterAll(closeShortRuns)

describe('a planted failure', () => {
  it.each(Object.entries(planted))('is named first: %s', async (_, { run, first }) => {
    const { findings } = await examineShortRun(run)
    expect(first).toContain(findings[0]?.rule)
    for (const { evidence, meaning, source, title } of findings) {
      expect(evidence).toMatch(/\d/)
      expect(evidence).not.toMatch(/undefined|NaN %/)
      expect([title, meaning, source].every((text) => text.length > 10)).toBe(true)
    }
  })

  it('is gone with its fix, where that only changes who is asked: validation examples that were seen are left out', async () => {
    const { run } = planted['a quarter of the validation part seen']!
    const recipe = changedRecipe(recipeOf(run), { split: { withoutDuplicates: true }, epochs: 3 })
    const { findings, detail } = await examineShortRun(run, recipe)
    expect(findings).toEqual([])
    expect(detail.data).toMatchObject({ validation: 450, duplicates: 0 })
  })

  it('is one of twenty', () => {
    expect(Object.keys(planted)).toHaveLength(20)
    expect(Object.keys(healthy)).toHaveLength(20)
  })
})

describe('a healthy run', () => {
  // One warning over twenty runs would do; none is what these give.
  it.each(Object.entries({ ...healthy, ...healthyToo }))('is left alone, at its end and on the way: %s', async (_, run) => {
    const { said } = await examineShortRun(run)
    expect([...said]).toEqual([])
  })
})
