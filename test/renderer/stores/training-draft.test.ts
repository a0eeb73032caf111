import { describe, expect, it } from 'vitest'
import { firstRecipe, parseRecipe } from '#renderer/stores/training-draft.ts'

describe('a recipe from a file', () => {
  it('is the recipe that was saved', () => {
    expect(parseRecipe(JSON.stringify(firstRecipe()))).toEqual(firstRecipe())
  })
  it('says what is no JSON', () => {
    expect(() => parseRecipe('{ "version": ')).toThrow('no JSON')
  })
  it('names the fields that are wrong', () => {
    expect(() => parseRecipe(JSON.stringify({ ...firstRecipe(), epochs: -1, optimizer: { kind: 'adam', rate: 0 } }))).toThrow(/epochs: .*optimizer\.rate: /)
  })
})
