import { expect, it } from 'vitest'
import { describeTarget } from '#renderer/workspaces/explain/describe-target.ts'

const top = [{ index: 4, label: 'koala', probability: 0.9, value: 8 }]

it('names what is explained', () => {
  expect(describeTarget({ kind: 'top', rank: 1 }, [], top)).toBe('koala')
  expect(describeTarget({ kind: 'top', rank: 1 }, [], [])).toBe('the top class')
  expect(describeTarget({ kind: 'class', index: 1 }, ['cat', 'dog'], top)).toBe('dog')
  expect(describeTarget({ kind: 'difference', index: 4, against: 9 }, [], top)).toBe('koala rather than class 9')
  expect(describeTarget({ kind: 'unit', layer: 'conv1', unit: 3 }, [], top)).toBe('conv1, unit 3')
})
