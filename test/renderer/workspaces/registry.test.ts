import { describe, expect, it } from 'vitest'
import { defineWorkspace } from '#renderer/workspaces/define-workspace.ts'
import { orderWorkspaces, workspaces } from '#renderer/workspaces/registry.ts'

const workspace = (id: string, order: number) => defineWorkspace({ id, title: id, summary: '', icon: {}, order, place: 'main', view: () => Promise.resolve({ default: {} }), shortcuts: [] })

describe('the registry of workspaces', () => {
  it('finds every workspace of the application, in rail order', () => {
    expect(workspaces.filter(({ place }) => place === 'main').map(({ id }) => id)).toEqual(expect.arrayContaining(['home', 'explore', 'kernels', 'explain']))
    expect(workspaces.filter(({ place }) => place === 'main')[0]?.id).toBe('home')
  })
  it('sorts by order', () => {
    expect(orderWorkspaces([workspace('b', 2), workspace('a', 1)]).map(({ id }) => id)).toEqual(['a', 'b'])
  })
  it('throws on a second one of the same id', () => {
    expect(() => orderWorkspaces([workspace('a', 1), workspace('a', 2)])).toThrow("called 'a'")
  })
  it('throws on two in the same place', () => {
    expect(() => orderWorkspaces([workspace('a', 1), workspace('b', 1)])).toThrow("'b' has the order 1")
  })
})
