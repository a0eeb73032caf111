import { describe, expect, it } from 'vitest'
import { fitOutputs, outputsFit, outputsOf } from '#renderer/workspaces/train/setup/fit-outputs.ts'

describe('the outputs of a notation', () => {
  it('are its last plain number', () => {
    expect(['20C5 MP2 10', '10', '256F', '16T4s2p1 1T4s2p1-linear', '{8F 8F}3 '].map(outputsOf)).toEqual([10, 10, undefined, undefined, 3])
  })
  it('become what the data asks for, and nothing else changes', () => {
    expect(fitOutputs('20C5 MP2 256F 10', 3)).toBe('20C5 MP2 256F 3')
    expect(fitOutputs('10 256F', 3)).toBe('10 256F')
  })
  it('may be one for two classes', () => {
    expect(outputsFit('1', 2)).toBe(true)
    expect(outputsFit('1', 3)).toBe(false)
  })
})
