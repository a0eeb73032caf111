/** What each column of a table is for: guessed from names and values, and always shown. */
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { Table } from './csv.ts'
import { isMissing, isNumeric } from './csv.ts'
import type { ColumnRole } from './dataset.ts'

export type Role = ColumnRole['role']
export interface ColumnFacts { readonly name: string; readonly numeric: boolean; readonly distinct: readonly string[]; readonly counting: boolean; readonly whole: boolean }
export const columnOptions = {
  label: z.coerce.string().optional().meta({ title: 'Label column', description: 'The column of the classes, by name or number. Guessed where empty.' }),
  numbers: z.coerce.string().optional().meta({ title: 'Number columns', description: 'Columns of numbers to be answered, with commas between.' }),
  ignore: z.coerce.string().optional().meta({ title: 'Unused columns', description: 'With commas between.' }),
  inputs: z.coerce.string().optional().meta({ title: 'Input columns', description: 'The only columns to answer from, with commas between; all others where empty.' }),
  header: z.enum(['guess', 'yes', 'no']).default('guess').meta({ title: 'Header', description: 'Whether the first row names the columns.' }),
  delimiter: z.string().length(1).optional().meta({ title: 'Delimiter', description: 'Guessed where empty.' }),
}
export interface RoleOptions { readonly label?: string | undefined; readonly numbers?: string | undefined; readonly ignore?: string | undefined; readonly inputs?: string | undefined }

/** Share of cells that must be numbers for a column of numbers; the others are bad rows. */
const numericShare = 0.9
/** More different answers than this are numbers or names, not classes. */
export const mostClasses = 100
/** Words with more different values than this are no categories. */
export const mostCategories = 30
/** Whole numbers with at most this many different values, each of several rows, are classes. */
const mostNumberClasses = 20
const distinctKept = 1000

/** The first that a column has. */
const answerNames = [/^(?:label|labels|class|classes|target|species|category|diagnosis|outcome|survived)$/i, /^y$/i]
const countingNames = /^(?:id|index|row|no|nr|#|unnamed.*|.*[ _]id|.*Id)$/

export function factsOf(table: Table): ColumnFacts[] {
  return table.columns.map((name, column) => {
    const distinct = new Set<string>()
    let numbers = 0, present = 0, whole = true, counting = true, previous: number | undefined
    for (const row of table.rows) {
      const cell = row[column] ?? ''
      if (isMissing(cell)) continue
      present++
      if (distinct.size <= distinctKept) distinct.add(cell)
      const value = Number(cell)
      if (!isNumeric(cell)) continue
      numbers++
      whole &&= Number.isInteger(value)
      counting &&= previous === undefined || value === previous + 1
      previous = value
    }
    return { name, numeric: present > 0 && numbers >= numericShare * present, distinct: [...distinct], counting: counting && numbers > 2, whole }
  })
}

export function rolesOf(table: Table, facts: readonly ColumnFacts[], options: RoleOptions): Role[] {
  const chosen = (text: string | undefined, option: string): number[] => (text ?? '').split(/[,;]/).map((name) => name.trim()).filter((name) => name !== '').map((name) => columnNamed(table, name, option))
  const ignored = new Set(chosen(options.ignore, 'ignore')), numbers = new Set(chosen(options.numbers, 'numbers')), inputs = new Set(chosen(options.inputs, 'inputs'))
  const isCounter = ({ counting, name }: ColumnFacts, column: number): boolean => counting && (countingNames.test(name) || (column === 0 && !table.hasHeader))
  const label = options.label === undefined ? undefined : columnNamed(table, options.label, 'label')
  if (label !== undefined && numbers.size > 0) throw new AppError('option-invalid', `${table.name}: give either 'label' or 'numbers': the answers are classes or numbers, not both.`)
  const guessed = label === undefined && numbers.size === 0 ? guessAnswer(table, facts, new Set([...ignored, ...inputs])) : undefined
  const roles = facts.map((fact, column): Role => {
    if (column === label) return 'label'
    if (numbers.has(column)) return 'number'
    if (fact.distinct.length === 0) return 'ignored'
    if (inputs.has(column)) return 'input'
    if (ignored.has(column)) return 'ignored'
    if (column === guessed) return isClassColumn(fact, table.rows.length) ? 'label' : 'number'
    if (inputs.size > 0) return 'ignored'
    if (isCounter(fact, column)) return 'ignored'
    return fact.numeric || fact.distinct.length <= mostCategories ? 'input' : 'ignored'
  })
  // A row's number is better than nothing: 1,2 / 2,4 / 3,6.
  return roles.includes('input') ? roles : roles.map((role, column) => (role === 'ignored' && facts[column]!.counting && !ignored.has(column) ? 'input' : role))
}

export function isClassColumn({ numeric, whole, distinct }: ColumnFacts, rows: number): boolean {
  if (distinct.length < 2) return !numeric
  return numeric ? whole && distinct.length <= mostNumberClasses && rows >= 3 * distinct.length : distinct.length <= mostClasses
}

/** By name; else words at either end; else the last column. */
function guessAnswer({ columns, rows }: Table, facts: readonly ColumnFacts[], taken: ReadonlySet<number>): number {
  const free = facts.map((_, column) => column).filter((column) => !taken.has(column))
  const named = answerNames.flatMap((pattern) => free.filter((column) => pattern.test(columns[column]!)))[0]
  const isWords = (column: number | undefined): column is number => column !== undefined && !facts[column]!.numeric && isClassColumn(facts[column]!, rows.length) && facts[column]!.distinct.length <= rows.length / 2
  const ends = [free.at(-1), free[0]]
  return named ?? ends.find(isWords) ?? free.at(-1) ?? 0
}

function columnNamed({ columns, name: table }: Table, name: string, option: string): number {
  const column = columns.indexOf(name)
  const loose = column < 0 ? columns.findIndex((candidate) => candidate.toLowerCase() === name.toLowerCase()) : column
  const byNumber = loose < 0 && /^\d+$/.test(name) && Number(name) >= 1 && Number(name) <= columns.length ? Number(name) - 1 : loose
  if (byNumber < 0) throw new AppError('option-invalid', `Option '${option}': ${table} has no column '${name}'. It has ${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ` and ${columns.length - 12} more` : ''}.`)
  return byNumber
}
