import { describe, expect, it } from 'vitest'
import { optionsOfRoles, rolesAfter } from '#renderer/workspaces/train/setup/column-options.ts'
import type { Column } from '#renderer/workspaces/train/setup/column-options.ts'

const table: Column[] = [{ name: 'id', role: 'ignored', example: '1' }, { name: 'area', role: 'input', example: '74' }, { name: 'kind', role: 'label', example: 'flat' }, { name: 'price', role: 'input', example: '312' }]
const roles = (columns: readonly Column[]): string => columns.map(({ role }) => role).join(' ')

describe('roles of columns', () => {
  it('change one at a time', () => {
    expect(roles(rolesAfter(table, 'id', 'input'))).toBe('input input label input')
  })
  it('leave one kind of answer: what is in the way becomes an input', () => {
    expect(roles(rolesAfter(table, 'price', 'number'))).toBe('ignored input input number')
    expect(roles(rolesAfter(table, 'area', 'label'))).toBe('ignored label input input')
  })
  it('become options of the format beside those that are there', () => {
    expect(optionsOfRoles(rolesAfter(table, 'price', 'number'), { header: 'yes', label: 'kind' })).toEqual({ header: 'yes', numbers: 'price', ignore: 'id', inputs: 'area,kind' })
  })
})
