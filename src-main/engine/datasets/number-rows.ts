/** Large tables of numbers alone, read byte by byte: a MNIST of 110 MB takes seconds as strings. */
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Skipped } from './dataset.ts'
import { readWhole } from './read-bytes.ts'

export interface NumberRows {
  readonly rows: number
  readonly columns: number
  /** [rows, columns] */
  readonly values: Float32Array
  /** Line of each row in the file, from 1. */
  readonly lines: readonly number[]
  readonly skipped: readonly Skipped[]
}

const lineFeed = 10, comma = 44, dot = 46, zero = 48, nine = 57

/** Non-negative decimals between commas; other rows are left out, a header (first line that begins with a letter or quote) silently. */
export async function readNumberRows(path: string, signal?: AbortSignal): Promise<NumberRows> {
  const name = basename(path)
  const bytes = await readWhole(path, signal)
  const end = bytes.indexOf(lineFeed)
  const hasHeader = /^[\s"']*[\p{L}_]/u.test(new TextDecoder().decode(bytes.subarray(0, Math.min(64, end < 0 ? 64 : end))))
  const start = hasHeader ? end + 1 : 0
  if (bytes.length === 0 || start >= bytes.length || (hasHeader && end < 0)) throw new AppError('data-invalid', `${name} holds no rows.`)
  const columns = cellsUntil(bytes, start, lineFeed)
  const capacity = cellsUntil(bytes, start, -1, lineFeed)
  const values = new Float32Array(capacity * columns)
  const lines: number[] = [], skipped: Skipped[] = []
  let at = start
  for (let line = hasHeader ? 2 : 1; at < bytes.length; line++) {
    const stop = bytes.indexOf(lineFeed, at) < 0 ? bytes.length : bytes.indexOf(lineFeed, at)
    const text = bytes.subarray(at, bytes[stop - 1] === 13 ? stop - 1 : stop)
    at = stop + 1
    if (text.length === 0) continue
    const problem = parseRow(text, values, lines.length * columns, columns)
    if (problem === undefined) lines.push(line)
    else skipped.push({ where: `${name}, line ${line}`, reason: problem })
  }
  return { rows: lines.length, columns, values: values.subarray(0, lines.length * columns), lines, skipped }
}

/** Separators before `end`, and one more. */
function cellsUntil(bytes: Uint8Array, start: number, end: number, separator = comma): number {
  let cells = 1
  for (let at = start; at < bytes.length && bytes[at] !== end; at++) if (bytes[at] === separator) cells++
  return cells
}

function parseRow(text: Uint8Array, into: Float32Array, to: number, columns: number): string | undefined {
  let column = 0, at = 0
  for (; at <= text.length && column < columns; column++) {
    const first = at
    let value = 0, unit = 0, digits = 0
    for (; at < text.length && text[at] !== comma; at++) {
      const byte = text[at]!
      if (byte >= zero && byte <= nine) {
        digits++
        if (unit === 0) value = value * 10 + (byte - zero)
        else {
          value += (byte - zero) * unit
          unit /= 10
        }
      } else if (byte === dot && unit === 0) unit = 0.1
      else if (byte !== 32) return `Column ${column + 1} holds '${cellAt(text, first)}', which is not a number of 0 to 255.`
    }
    if (digits === 0) return `Column ${column + 1} is empty.`
    into[to + column] = value
    at++
  }
  if (column < columns) return `It has ${column} cells instead of ${columns}.`
  return at <= text.length ? `It has ${columns + cellsUntil(text, at, -1)} cells instead of ${columns}.` : undefined
}

const cellAt = (text: Uint8Array, start: number): string => new TextDecoder().decode(text.subarray(start, start + 40)).split(',')[0]!
