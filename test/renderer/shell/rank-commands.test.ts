import { expect, it } from 'vitest'
import { rank } from '#renderer/shell/rank-commands.ts'

const entries = [
  { title: 'Explain', group: 'Go to', words: 'why this answer' },
  { title: 'Explore', group: 'Go to', words: 'the net in 3D' },
  { title: 'block3/expand', group: 'Layers', words: 'Conv 3×3, 96 → 128 channels' },
  { title: 'block3/squeeze', group: 'Layers', words: 'Conv 1×1, 64 → 96 channels' },
  { title: 'Show the keyboard shortcuts', group: 'Application' },
]
const titles = (text: string): string[] => rank(entries, text).map(({ title }) => title)

it('keeps the order while nothing is asked', () => {
  expect(titles('  ')).toEqual(entries.map(({ title }) => title))
})
it('finds by any word of the title, whatever the case', () => {
  expect(titles('SHORT')).toEqual(['Show the keyboard shortcuts'])
})
it('wants every word', () => {
  expect(titles('block3 1×1')).toEqual(['block3/squeeze'])
})
it('puts what begins with the text before what contains it', () => {
  expect(titles('exp')).toEqual(['Explain', 'Explore', 'block3/expand'])
})
it('puts titles before other words', () => {
  expect(rank([{ title: 'a', group: '', words: 'answer' }, { title: 'answer', group: '' }], 'answer').map(({ title }) => title)).toEqual(['answer', 'a'])
})
it('finds nothing rather than something else', () => {
  expect(titles('zebra')).toEqual([])
})
