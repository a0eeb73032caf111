import { describe, expect, it } from 'vitest'
import type { Example } from '#contract/training.ts'
import { planeOf } from '#renderer/workspaces/train/setup/plane-points.ts'

const example = (label: string, ...numbers: number[]): Example => ({ index: 0, part: 'train', label, numbers, origin: '' })

describe('examples in a plane', () => {
  it('are two numbers and a class', () => {
    const plane = planeOf({ input: { kind: 'numbers', columns: ['width', 'length'] }, target: { kind: 'classes', labels: ['ladybird', 'caterpillar'], counts: [1, 1] } }, [example('caterpillar', 1, 3)])
    expect(plane).toEqual({ points: [{ x: 1, y: 3, group: 1, title: 'caterpillar' }], xTitle: 'width', yTitle: 'length', groups: ['ladybird', 'caterpillar'] })
  })
  it('or one number in and one out', () => {
    const plane = planeOf({ input: { kind: 'numbers', columns: ['km'] }, target: { kind: 'numbers', columns: ['miles'] } }, [example('6.21', 10), example('no number', 1)])
    expect(plane?.points).toEqual([{ x: 10, y: 6.21, group: 0, title: '6.21' }])
  })
  it('and nothing else', () => {
    expect(planeOf({ input: { kind: 'numbers', columns: ['a', 'b', 'c'] }, target: { kind: 'classes', labels: ['x', 'y'], counts: [1, 1] } }, [])).toBeNull()
    expect(planeOf({ input: { kind: 'pictures', channels: 1, height: 2, width: 2 }, target: { kind: 'classes', labels: ['x', 'y'], counts: [1, 1] } }, [])).toBeNull()
  })
})
