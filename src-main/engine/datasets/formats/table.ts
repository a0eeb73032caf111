/** CSV and its kin: columns of numbers and of categories, answers that are classes or numbers. */
import { basename } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { combineParts } from '../combine-parts.ts'
import type { Table } from '../csv.ts'
import { guessDelimiter, isMissing, isNumeric, readTable } from '../csv.ts'
import type { ColumnRole, Dataset, Skipped } from '../dataset.ts'
import { sharedFloats } from '../dataset.ts'
import { defineFormat } from '../define-format.ts'
import { findTables, tablesOf } from '../table-files.ts'
import type { ColumnFacts, Role } from '../table-roles.ts'
import { columnOptions, factsOf, mostClasses, rolesOf } from '../table-roles.ts'

export default defineFormat({
  id: 'table',
  title: 'Table',
  summary: 'CSV, TSV and the like: columns of numbers and categories, an answer that is a class or a number.',
  options: z.strictObject(columnOptions),
  recognize(place) {
    if (place.kind === 'folder') return findTables(place) ? 1 : 0
    if (!findTables(place) || place.head.includes(0)) return 0
    const text = new TextDecoder().decode(place.head)
    return text.includes(guessDelimiter(text)) ? 1 : 0
  },
  async read(place, options, { signal }) {
    const files = tablesOf(place)
    const train = await readTable(files.train, options, signal)
    const facts = factsOf(train)
    const roles = rolesOf(train, facts, options)
    const dataset = rowsToDataset(train, facts, roles)
    if (!files.heldOut) return dataset
    const heldOut = await readTable(files.heldOut, { ...options, header: train.hasHeader ? 'yes' : 'no' }, signal)
    if (heldOut.columns.length !== train.columns.length) throw new AppError('data-invalid', `${basename(files.heldOut)} has ${heldOut.columns.length} columns, and ${basename(files.train)} has ${train.columns.length}.`)
    return { ...combineParts(dataset, rowsToDataset(heldOut, facts, roles)), name: place.name }
  },
})

/** How one column becomes numbers: itself, or one number for each of its categories. */
interface Encoding { readonly column: number; readonly names: readonly string[]; readonly categories: readonly string[] | undefined }

function encodingsOf(facts: readonly ColumnFacts[], roles: readonly Role[]): Encoding[] {
  return facts.flatMap((fact, column): Encoding[] => {
    if (roles[column] !== 'input') return []
    if (fact.numeric) return [{ column, names: [fact.name], categories: undefined }]
    const categories = [...fact.distinct].sort()
    return [{ column, names: categories.map((category) => `${fact.name} = ${category}`), categories }]
  })
}

function rowsToDataset(table: Table, facts: readonly ColumnFacts[], roles: readonly Role[]): Dataset {
  const encodings = encodingsOf(facts, roles)
  const inputs = encodings.flatMap(({ names }) => names)
  const label = roles.indexOf('label')
  const answers = roles.flatMap((role, column) => (role === 'number' ? [column] : []))
  if (inputs.length === 0) throw new AppError('data-invalid', `${table.name} has no column to answer from: ${table.columns.slice(0, 6).join(', ')}. Name the answer with the option 'label' or 'numbers'.`)
  const labels = label < 0 ? [] : sortLabels(facts[label]!)
  if (label >= 0 && labels.length > mostClasses) throw new AppError('data-invalid', `Column '${table.columns[label]}' of ${table.name} has ${labels.length} different values: too many for classes (at most ${mostClasses}). Is it an answer in numbers (option 'numbers') or a name (option 'ignore')?`)

  const skipped: Skipped[] = []
  const kept = table.rows.flatMap((row, index) => {
    const reason = problemOf(row, table, encodings, answers, label, labels)
    if (reason === undefined) return [index]
    skipped.push({ where: `${table.name}, line ${table.lines[index]}`, reason })
    return []
  })
  const values = sharedFloats(kept.length * inputs.length)
  kept.forEach((index, example) => {
    let at = example * inputs.length
    for (const { column, categories } of encodings) {
      const cell = table.rows[index]![column]!
      if (!categories) values[at++] = Number(cell)
      else for (const category of categories) values[at++] = Number(category === cell)
    }
  })
  return {
    name: table.name, format: 'table', count: kept.length, input: { kind: 'numbers', columns: inputs, values },
    target: label >= 0
      ? { kind: 'classes', labels, classOf: Int32Array.from(kept, (index) => labels.indexOf(table.rows[index]![label]!)) }
      : { kind: 'numbers', columns: answers.map((column) => table.columns[column]!), values: Float32Array.from({ length: kept.length * answers.length }, (_, at) => Number(table.rows[kept[Math.floor(at / answers.length)]!]![answers[at % answers.length]!])) },
    columns: table.columns.map((name, column): ColumnRole => ({ name, role: roles[column]!, example: table.rows[0]?.[column] ?? '' })),
    origin: (index) => `${table.name}, line ${table.lines[kept[index]!]}`, skipped, warnings: warningsOf(table, facts, roles),
  }
}

const sortLabels = ({ distinct, numeric }: ColumnFacts): string[] => [...distinct].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined)

/** Why a row cannot be used; undefined where it can. */
function problemOf(row: readonly string[], { columns }: Table, encodings: readonly Encoding[], answers: readonly number[], label: number, labels: readonly string[]): string | undefined {
  if (row.length !== columns.length) return `It has ${row.length} cells instead of ${columns.length}.`
  for (const column of [...encodings.filter(({ categories }) => !categories).map((encoding) => encoding.column), ...answers]) {
    const cell = row[column]!
    if (isMissing(cell)) return `Column '${columns[column]}' is empty.`
    if (!isNumeric(cell)) return `Column '${columns[column]}' holds '${cell.slice(0, 40)}', which is not a number.`
  }
  for (const { column, categories } of encodings) if (categories && !isMissing(row[column]!) && !categories.includes(row[column]!)) return `Column '${columns[column]}' holds '${row[column]!.slice(0, 40)}', a category that the training part does not have.`
  if (label >= 0 && isMissing(row[label]!)) return `The label in column '${columns[label]}' is empty.`
  if (label >= 0 && !labels.includes(row[label]!)) return `The label '${row[label]!.slice(0, 40)}' is not among the classes to learn.`
  return undefined
}

function warningsOf({ columns }: Table, facts: readonly ColumnFacts[], roles: readonly Role[]): string[] {
  const empty = facts.filter(({ distinct }) => distinct.length === 0).map(({ name }) => `Column '${name}' is not used: it is empty.`)
  const words = roles.flatMap((role, column) => (role === 'ignored' && facts[column]!.distinct.length > 0 && !facts[column]!.counting && !facts[column]!.numeric ? [`Column '${columns[column]}' is not used: it holds words, with ${facts[column]!.distinct.length > 1000 ? 'more than 1000' : facts[column]!.distinct.length} different values.`] : []))
  return [...empty, ...words]
}
