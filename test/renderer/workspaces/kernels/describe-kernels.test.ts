import { expect, it } from 'vitest'
import { describeKernels } from '#renderer/workspaces/kernels/describe-kernels.ts'

it('says what the weights of a layer are', () => {
  expect(describeKernels({ outputs: 64, inputsPerGroup: 3, kernel: [7, 7], groups: 1, dense: false })).toBe('64 kernels, 7 × 7 × 3')
  expect(describeKernels({ outputs: 32, inputsPerGroup: 1, kernel: [3, 3], groups: 32, dense: false })).toBe('32 kernels, 3 × 3 × 1, depthwise')
  expect(describeKernels({ outputs: 128, inputsPerGroup: 4, kernel: [3, 3], groups: 32, dense: false })).toBe('128 kernels, 3 × 3 × 4, 32 groups')
  expect(describeKernels({ outputs: 1000, inputsPerGroup: 512, kernel: [], groups: 1, dense: true })).toBe('1000 units, 512 inputs each')
  expect(describeKernels({ outputs: 10, inputsPerGroup: 16, kernel: [8, 8], groups: 1, dense: true })).toBe('10 units, 8 × 8 × 16 inputs each')
})
