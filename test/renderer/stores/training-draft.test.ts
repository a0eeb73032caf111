import { describe, expect, it } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { firstRecipe, parseRecipe, useTrainingDraft } from '#renderer/stores/training-draft.ts'

describe('the run that is set up', () => {
  it('is not replaced by a recipe that comes late, once something was changed', () => {
    setActivePinia(createPinia())
    const draft = useTrainingDraft()
    expect(draft.pristine).toBe(true)
    draft.recipe.epochs = 3
    expect(draft.pristine).toBe(false)
  })

  it('is named after its data, unless somebody named it', () => {
    setActivePinia(createPinia())
    const draft = useTrainingDraft()
    draft.take(firstRecipe())
    draft.nameAfter('Drawn digits')
    expect(draft.recipe.name).toBe('Digits')
    draft.recipe.data = { kind: 'generator', name: 'points', options: {} }
    draft.nameAfter('Points')
    expect(draft.recipe.name).toBe('Points')
    draft.recipe.name = 'Mine'
    draft.recipe.data = { kind: 'generator', name: 'logic', options: {} }
    draft.nameAfter('AND, OR, XOR')
    expect(draft.recipe.name).toBe('Mine')
  })
})

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
