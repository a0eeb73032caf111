import { expect, it } from 'vitest'
import { uniqueName } from '#renderer/workspaces/train/unique-name.ts'

it('runs are told apart by name', () => {
  expect(uniqueName('LeNet', [])).toBe('LeNet')
  expect(uniqueName('LeNet', ['LeNet'])).toBe('LeNet 2')
  expect(uniqueName('LeNet 2', ['LeNet', 'LeNet 2'])).toBe('LeNet 3')
  expect(uniqueName('  ', [])).toBe('Run')
})
