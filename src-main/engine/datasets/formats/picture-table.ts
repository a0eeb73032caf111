/** A CSV table of picture paths with labels, numbers, boxes or keypoints. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { Table } from '../csv.ts'
import { guessDelimiter, isMissing, isNumeric, readTable } from '../csv.ts'
import type { ClassTarget, ColumnRole, Dataset, NumberTarget, Skipped } from '../dataset.ts'
import { decodePictures } from '../decode-pictures.ts'
import { defineFormat } from '../define-format.ts'
import { findGeometry, inShares } from '../geometry-columns.ts'
import type { GeometryColumns } from '../geometry-columns.ts'
import { choicesOf, isPictureName, pictureOptions } from '../picture-options.ts'
import { lookAt } from '../place.ts'
import { findTables, tablesOf } from '../table-files.ts'
import { columnOptions, factsOf, rolesOf } from '../table-roles.ts'

/** Share of a column's cells that must be names of pictures. */
const pictureShare = 0.9

const pictureColumnOf = (rows: readonly (readonly string[])[], columns: number): number =>
  Array.from({ length: columns }, (_, column) => column).find((column) => rows.length > 0 && rows.filter((row) => isPictureName(row[column] ?? '')).length >= pictureShare * rows.length) ?? -1

export default defineFormat({
  id: 'picture-table',
  title: 'Picture table',
  summary: 'CSV of picture paths with labels, numbers, boxes or keypoints.',
  options: z.strictObject({
    ...pictureOptions, ...columnOptions,
    answer: z.enum(['auto', 'geometry', 'label', 'numbers']).default('auto').meta({ title: 'Answer', description: 'By default a box or keypoints where there are such columns, else the label or numbers.', choices: { auto: 'As the columns say', geometry: 'Box or keypoints', label: 'Label', numbers: 'Numbers' } }),
  }),
  async recognize(place) {
    const files = findTables(place)
    if (!files) return 0
    const { head } = place.kind === 'file' ? place : await lookAt(files.train)
    const text = new TextDecoder().decode(head)
    const delimiter = guessDelimiter(text)
    const rows = text.split(/\r?\n/).slice(1, 20).filter((line) => line !== '').map((line) => line.split(delimiter).map((cell) => cell.replaceAll('"', '').trim()))
    return pictureColumnOf(rows, rows[0]?.length ?? 0) >= 0 ? 3 : 0
  },
  async read(place, options, controls) {
    const path = tablesOf(place).train
    const table = await readTable(path, options, controls.signal)
    const pictureColumn = pictureColumnOf(table.rows, table.columns.length)
    if (pictureColumn < 0) throw new AppError('data-invalid', `${table.name} has no column of picture paths (names that end in .jpg, .png and so on).`)
    const answer = answerOf(table, pictureColumn, options)
    const usable = table.rows.map((row, index) => ({ index, reason: answer.problemOf(row) }))
    const good = usable.flatMap(({ index, reason }) => (reason === undefined ? [index] : []))
    const whereOf = (row: number): string => `${table.name}, line ${table.lines[row]}`
    const folder = dirname(path)
    const decoded = await decodePictures(
      good.map((row) => ({ path: locate(folder, table.rows[row]![pictureColumn]!), where: `${whereOf(row)} (${table.rows[row]![pictureColumn]!})` })),
      choicesOf(options, folder, controls, answer.geometry ? 'stretch' : 'crop'), controls)
    const skipped: Skipped[] = usable.flatMap(({ index, reason }) => (reason === undefined ? [] : [{ where: whereOf(index), reason }]))
    const kept = Array.from(decoded.fileOf, (file) => good[file]!)
    return {
      name: table.name, format: 'picture-table', count: kept.length, input: decoded.input, target: answer.targetOf(kept, decoded.originals),
      columns: table.columns.map((name, column): ColumnRole => ({ name, role: column === pictureColumn ? 'input' : answer.roles[column]!, example: table.rows[0]?.[column] ?? '' })),
      origin: (index) => `${table.rows[kept[index]!]![pictureColumn]!} (line ${table.lines[kept[index]!]})`, skipped: [...skipped, ...decoded.skipped], warnings: answer.warnings,
    } satisfies Dataset
  },
})

/** Beside the table, or in a folder beside it that tables often leave out. */
function locate(folder: string, name: string): string {
  const candidates = [join(folder, name), ...['images', 'imgs', 'pictures', 'train'].map((inner) => join(folder, inner, name))]
  return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0]!
}

interface Answer {
  readonly roles: readonly ColumnRole['role'][]
  readonly geometry: boolean
  readonly warnings: readonly string[]
  readonly problemOf: (row: readonly string[]) => string | undefined
  readonly targetOf: (rows: readonly number[], originals: Float64Array) => ClassTarget | NumberTarget
}
interface AnswerOptions { readonly answer: 'auto' | 'geometry' | 'label' | 'numbers'; readonly label?: string | undefined; readonly numbers?: string | undefined; readonly ignore?: string | undefined }

function answerOf(table: Table, pictureColumn: number, { answer, ...named }: AnswerOptions): Answer {
  const free = table.columns.map((name, column) => (column === pictureColumn ? '' : name))
  const geometry = answer === 'geometry' || (answer === 'auto' && named.label === undefined && named.numbers === undefined) ? findGeometry(free) : undefined
  if (answer === 'geometry' && !geometry) throw new AppError('option-invalid', `${table.name} has no columns of a box (x, y, width, height or xmin, ymin, xmax, ymax) or of keypoints (x1, y1, x2, y2 or nose_x, nose_y).`)
  return geometry ? geometryAnswer(table, geometry) : columnAnswer(table, pictureColumn, named)
}

function problemIn(table: Table, columns: readonly number[], row: readonly string[]): string | undefined {
  if (row.length !== table.columns.length) return `It has ${row.length} cells instead of ${table.columns.length}.`
  const bad = columns.find((column) => !isNumeric(row[column]!))
  return bad === undefined ? undefined : `Column '${table.columns[bad]}' holds '${row[bad]!.slice(0, 40)}', which is not a number.`
}

function geometryAnswer(table: Table, geometry: GeometryColumns): Answer {
  const unused = table.columns.filter((_, column) => !geometry.columns.includes(column)).slice(1)
  return {
    roles: table.columns.map((_, column) => (geometry.columns.includes(column) ? 'number' : 'ignored')), geometry: true,
    warnings: unused.length > 0 ? [`The answer is ${geometry.kind === 'box' ? 'a box' : 'keypoints'}; not used: ${unused.map((name) => `'${name}'`).join(', ')}.`] : [],
    problemOf: (row) => problemIn(table, geometry.columns, row),
    targetOf: (rows, originals) => inShares(geometry, rows.map((row) => geometry.columns.map((column) => Number(table.rows[row]![column]))), originals),
  }
}

function columnAnswer(table: Table, pictureColumn: number, options: Omit<AnswerOptions, 'answer'>): Answer {
  const ignore = [options.ignore, String(pictureColumn + 1)].filter((name) => name !== undefined).join(',')
  const facts = factsOf(table)
  const roles = rolesOf(table, facts, { ...options, ignore }).map((role) => (role === 'input' ? 'ignored' : role))
  const label = roles.indexOf('label')
  const numbers = roles.flatMap((role, column) => (role === 'number' ? [column] : []))
  const labels = label < 0 ? [] : [...facts[label]!.distinct].sort(facts[label]!.numeric ? (a, b) => Number(a) - Number(b) : undefined)
  return {
    roles, geometry: false, warnings: [],
    problemOf: (row) => problemIn(table, numbers, row) ?? (label >= 0 && isMissing(row[label]!) ? `The label in column '${table.columns[label]}' is empty.` : undefined),
    targetOf: (rows) => label >= 0
      ? { kind: 'classes', labels, classOf: Int32Array.from(rows, (row) => labels.indexOf(table.rows[row]![label]!)) }
      : { kind: 'numbers', columns: numbers.map((column) => table.columns[column]!), values: Float32Array.from({ length: rows.length * numbers.length }, (_, at) => Number(table.rows[rows[Math.floor(at / numbers.length)]!]![numbers[at % numbers.length]!])) },
  }
}
