import { describe, expect, it } from 'vitest'
import { matchesKeys } from '#renderer/shell/keys.ts'

const press = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers })

describe('matchesKeys', () => {
  it('reads Mod as Control, and as Command on a Mac', () => {
    expect(matchesKeys(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true)
    expect(matchesKeys(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true)
    expect(matchesKeys(press('k', { metaKey: true }), 'Mod+K', false)).toBe(false)
    expect(matchesKeys(press('k'), 'Mod+K', false)).toBe(false)
  })
  it('takes Shift into account for letters', () => {
    expect(matchesKeys(press('O', { ctrlKey: true, shiftKey: true }), 'Mod+O', false)).toBe(false)
    expect(matchesKeys(press('O', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+O', false)).toBe(true)
  })
  it('does not mind how a keyboard makes a symbol', () => {
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true)
    expect(matchesKeys(press('?'), '?', false)).toBe(true)
  })
  it('does not fire with a modifier that was not asked for', () => {
    expect(matchesKeys(press('z', { altKey: true }), 'Z', false)).toBe(false)
    expect(matchesKeys(press('z', { ctrlKey: true }), 'Z', false)).toBe(false)
  })
})
