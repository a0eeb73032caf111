/** Tables as text: RFC 4180 quoting; commas, semicolons, tabs or bars; with or without a header. */
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { readWhole } from './read-bytes.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly hasHeader: boolean
  readonly rows: readonly (readonly string[])[]
  /** Line of each row in the file, from 1. */
  readonly lines: Int32Array
}

export interface TableOptions { readonly delimiter?: string | undefined; readonly header?: 'guess' | 'yes' | 'no' | undefined }

const delimiters = [',', ';', '\t', '|']
/** Rows between two looks at the signal and the event loop. */
const rowsAtOnce = 20_000

/** Throws AppError 'data-invalid' for what is no text or has no rows. */
export async function readTable(path: string, { delimiter, header = 'guess' }: TableOptions, signal?: AbortSignal): Promise<Table> {
  const name = basename(path)
  const text = decodeText(await readWhole(path, signal), name)
  const records: string[][] = []
  const lines: number[] = []
  const separator = delimiter ?? guessDelimiter(text.slice(0, 65536))
  for (const { cells, line } of parseRecords(text, separator)) {
    if (cells.length === 1 && cells[0] === '') continue
    records.push(cells)
    lines.push(line)
    if (records.length % rowsAtOnce === 0) {
      await new Promise((resolve) => { setImmediate(resolve) })
      throwIfCancelled(signal)
    }
  }
  if (records.length === 0) throw new AppError('data-invalid', `${name} holds no rows.`)
  const hasHeader = header === 'guess' ? looksLikeHeader(records) : header === 'yes'
  const [first = []] = records
  const columns = hasHeader ? uniqueNames(first) : first.map((_, column) => `column ${column + 1}`)
  const skip = Number(hasHeader)
  if (records.length === skip) throw new AppError('data-invalid', `${name} holds a header (${first.slice(0, 6).join(', ')}) and no rows.`)
  return { name, columns, hasHeader, rows: skip ? records.slice(1) : records, lines: Int32Array.from(skip ? lines.slice(1) : lines) }
}

export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.subarray(0, 4096).includes(0)) throw new AppError('data-invalid', `${name} is no table of text: it holds zero bytes. Save it as CSV (UTF-8).`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The delimiter that cuts the first lines most often into the same number of cells. */
export function guessDelimiter(text: string): string {
  const lines = text.split(/\r?\n/).slice(0, -1).slice(0, 20).filter((line) => line !== '')
  const sample = lines.length > 0 ? lines : [text]
  const cutsOf = (line: string, delimiter: string): number => line.replace(/"[^"]*"/g, '').split(delimiter).length - 1
  const scored = delimiters.map((delimiter) => {
    const cuts = sample.map((line) => cutsOf(line, delimiter))
    const usual = cuts[0] ?? 0
    return { delimiter, score: usual === 0 ? 0 : cuts.filter((count) => count === usual).length * 1000 + Math.min(usual, 999) }
  })
  return scored.reduce((best, candidate) => (candidate.score > best.score ? candidate : best)).delimiter
}

/** Records with the line on which each begins. */
export function* parseRecords(text: string, delimiter: string): Generator<{ readonly cells: string[]; readonly line: number }> {
  let at = 0, line = 1
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const stop = end < 0 ? text.length : end
    const row = text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop)
    if (!row.includes('"')) {
      yield { cells: row.split(delimiter).map((cell) => cell.trim()), line }
      at = stop + 1
      line++
      continue
    }
    const quoted = parseQuoted(text, at, delimiter)
    yield { cells: quoted.cells, line }
    line += quoted.lines
    at = quoted.next
  }
}

/** A record with quoted cells, which may hold delimiters, line ends and doubled quotes. */
function parseQuoted(text: string, start: number, delimiter: string): { readonly cells: string[]; readonly next: number; readonly lines: number } {
  const cells: string[] = []
  let cell = '', quoted = false, wasQuoted = false, lines = 0, at = start
  const push = (): void => {
    cells.push(wasQuoted ? cell : cell.trim())
    cell = ''
    wasQuoted = false
  }
  for (; at < text.length; at++) {
    const character = text[at]!
    if (character === '\n') lines++
    if (quoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') cell += text[++at]!
      else quoted = false
    } else if (character === '"' && cell.trim() === '') {
      quoted = wasQuoted = true
      cell = ''
    } else if (character === delimiter) push()
    else if (character === '\n') break
    else if (character !== '\r' && !(wasQuoted && character === ' ')) cell += character
  }
  push()
  return { cells, next: at + 1, lines: Math.max(1, lines) }
}

const missing = /^(?:|na|n\/a|nan|null|none|\?|-)$/i
export const isMissing = (cell: string): boolean => missing.test(cell)
export const isNumeric = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell))

/** A first row of words over numbers, or of words alone that are all different and do not return below. */
function looksLikeHeader(records: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = records.slice(0, 50)
  if (rest.length === 0 || first.some((cell) => isNumeric(cell))) return false
  if (first.some((_, column) => rest.filter((row) => isNumeric(row[column] ?? '')).length > rest.length / 2)) return true
  return new Set(first).size === first.length && first.every((cell, column) => cell !== '' && !rest.some((row) => row[column] === cell))
}

function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name, column) => {
    const plain = name === '' ? `column ${column + 1}` : name
    const times = (seen.get(plain) ?? 0) + 1
    seen.set(plain, times)
    return times === 1 ? plain : `${plain} (${times})`
  })
}
