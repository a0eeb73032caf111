import { describe, expect, it } from 'vitest'
import { fromDraft, toDraft } from '#renderer/shell/preprocessing-draft.ts'
import { fakePreprocessing } from '../../support/fake-network.ts'

const edit = (change: Partial<ReturnType<typeof toDraft>>) => fromDraft({ ...toDraft(fakePreprocessing), ...change }, fakePreprocessing)
const problemsOf = (change: Partial<ReturnType<typeof toDraft>>) => {
  const result = edit(change)
  return 'problems' in result ? result.problems : {}
}

describe('the preprocessing form', () => {
  it('gives back the record it was made from', () => {
    expect(edit({})).toEqual({ preprocessing: fakePreprocessing })
  })
  it('takes one number for all channels', () => {
    expect(edit({ mean: '0.5', std: '0.25' })).toMatchObject({ preprocessing: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } })
  })
  it('wants one number for gray', () => {
    expect(problemsOf({ channels: 'GRAY' })).toHaveProperty('mean')
    expect(edit({ channels: 'GRAY', mean: '0.1307', std: '0.3081' })).toMatchObject({ preprocessing: { mean: [0.1307], std: [0.3081] } })
  })
  it.each([
    [{ mean: '0.4, 0.5' }, 'mean'], [{ mean: 'abc' }, 'mean'], [{ mean: '' }, 'mean'], [{ std: '1, 0, 1' }, 'std'], [{ range: '0' }, 'range'], [{ range: '' }, 'range'],
    [{ height: '12.5' }, 'height'], [{ width: '0' }, 'width'], [{ resize: '64' }, 'resize'], [{ width: '99999' }, 'width'],
  ] as const)('says what is wrong with %o', (change, field) => {
    expect(Object.keys(problemsOf(change))).toEqual([field])
  })
  it('keeps a resize only for a crop', () => {
    const result = edit({ fit: 'stretch' })
    expect('preprocessing' in result && 'resize' in result.preprocessing).toBe(false)
  })
  it('reads class names one a line and drops only the empty end', () => {
    expect(edit({ labels: 'cat\n\n dog \n\n' })).toMatchObject({ preprocessing: { labels: ['cat', '', 'dog'] } })
    expect(edit({ labels: ' ' })).toMatchObject({ preprocessing: { labels: [] } })
  })
})
