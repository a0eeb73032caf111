import { describe, expect, it } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { netFor, paceFor } from '#renderer/workspaces/train/setup/begin-with.ts'
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

describe('data that the recipe was not written for', () => {
  const digits = { input: { kind: 'pictures' as const, channels: 1, height: 28, width: 28 }, target: { kind: 'classes' as const, labels: Array.from({ length: 10 }, (_, digit) => String(digit)), counts: [] }, train: 60_000 }
  const miles = (): ReturnType<typeof firstRecipe> => ({ ...firstRecipe(), data: { kind: 'generator', name: 'kilometres', options: {} }, net: { kind: 'notation', text: '1' }, epochs: 20, batch: 10, optimizer: { ...firstRecipe().optimizer, kind: 'sgd', rate: 0.05, schedule: 'constant' } })
  const begun = () => {
    setActivePinia(createPinia())
    const draft = useTrainingDraft()
    draft.take(miles(), 'kilometres-to-miles')
    return draft
  }
  const begin = (draft: ReturnType<typeof begun>): void => { draft.begin(paceFor(digits), (notation) => netFor(notation, digits), digits.input.kind) }

  it('get a network and a pace of their kind in place of what nobody changed', () => {
    const draft = begun()
    begin(draft)
    expect(draft.origin).toBe('kilometres-to-miles')
    draft.recipe.data = { kind: 'files', path: '/data/mnist', options: {} }
    begin(draft)
    expect(draft.origin).toBeNull()
    expect(draft.recipe).toMatchObject({ net: { text: '20C5 MP2 50C5 MP2 256F 10' }, epochs: 12, batch: 100, optimizer: { kind: 'adam', rate: 0.001, schedule: 'cosine' } })
  })

  it('leave what somebody wrote', () => {
    const draft = begun()
    draft.recipe.data = { kind: 'files', path: '/data/mnist', options: {} }
    draft.recipe.net = { kind: 'notation', text: '32F 10' }
    draft.recipe.epochs = 3
    begin(draft)
    expect(draft.recipe).toMatchObject({ net: { text: '32F 10' }, epochs: 3, batch: 10, optimizer: { kind: 'sgd', rate: 0.05 } })
  })

  it('take no pace that was set for data of another kind, but the one that was set for them', () => {
    const draft = begun()
    draft.recipe.data = { kind: 'files', path: '/data/mnist', options: {} }
    begin(draft)
    draft.recipe.epochs = 3
    const table = { input: { kind: 'numbers' as const, columns: ['area'] }, target: { kind: 'numbers' as const, columns: ['price'] }, train: 400 }
    const toTable = (path: string): void => { draft.recipe.data = { kind: 'files', path, options: {} } }
    toTable('/data/houses.csv')
    draft.begin(paceFor(table), (notation) => netFor(notation, table), 'numbers')
    expect(draft.recipe).toMatchObject({ net: { text: '16F 1' }, epochs: 50, batch: 10, optimizer: { rate: 0.01 } })
    draft.recipe.data = { kind: 'files', path: '/data/mnist', options: {} }
    draft.recipe.epochs = 2
    begin(draft)
    expect(draft.recipe.epochs).toBe(2)
  })

  it('are seen often where there are few, and get layers that they have places for', () => {
    const table = { input: { kind: 'numbers' as const, columns: ['area', 'rooms'] }, target: { kind: 'numbers' as const, columns: ['price'] }, train: 400 }
    expect(paceFor(table)).toMatchObject({ epochs: 50, batch: 10, optimizer: { kind: 'adam', rate: 0.01 } })
    expect(netFor('20C5 MP2 50C5 MP2 256F 10', table)).toBe('16F 1')
    const photographs = { input: { kind: 'pictures' as const, channels: 3, height: 64, width: 64 }, target: { kind: 'classes' as const, labels: ['cat', 'dog'], counts: [] }, train: 24 }
    expect(netFor('1', photographs)).toMatch(/^16C3p-BN .*GAP 2$/)
    expect(paceFor(photographs)).toMatchObject({ epochs: 200, batch: 10 })
    expect(netFor('8C5 MP2 10', photographs)).toBe('8C5 MP2 2')
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
