/** Roles of a table's columns as the options of its format, which names columns with commas between. */
import type { DataSource, DataSummary } from '#contract/training.ts'

export type Column = NonNullable<DataSummary['columns']>[number]
type Options = DataSource['options']

/** One column gets another role. Answers are one class or any numbers, never both: those in the way become inputs. */
export function rolesAfter(columns: readonly Column[], name: string, role: Column['role']): readonly Column[] {
  return columns.map((column) => {
    if (column.name === name) return { ...column, role }
    const inTheWay = (role === 'label' && (column.role === 'label' || column.role === 'number')) || (role === 'number' && column.role === 'label')
    return inTheWay ? { ...column, role: 'input' as const } : column
  })
}

export function optionsOfRoles(columns: readonly Column[], options: Options): Options {
  const { label: _label, numbers: _numbers, ignore: _ignore, inputs: _inputs, ...rest } = options
  const named = (role: Column['role']): string => columns.filter((column) => column.role === role).map(({ name }) => name).join(',')
  const said = { label: named('label'), numbers: named('number'), ignore: named('ignored'), inputs: named('input') }
  return { ...rest, ...Object.fromEntries(Object.entries(said).filter(([, names]) => names !== '')) }
}
