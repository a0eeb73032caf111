/** Pictures as rows of a CSV table: a class and then the pixels, as mnist_train.csv of Rashid, Make Your Own Neural Network (2016), or Kaggle's digits. */
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { namedClasses } from '../class-numbers.ts'
import { combineParts } from '../combine-parts.ts'
import type { Dataset, Skipped } from '../dataset.ts'
import { defineFormat } from '../define-format.ts'
import { readLabelNames } from '../label-names.ts'
import { pictureOptions } from '../picture-options.ts'
import { lookAt } from '../place.ts'
import type { Place } from '../place.ts'
import { readNumberRows } from '../number-rows.ts'
import { findTables, tablesOf } from '../table-files.ts'
import { joinBytes } from '../join-bytes.ts'

const smallestSide = 8

/** Grey or interleaved RGB squares. */
function shapeOf(columns: number): { readonly side: number; readonly channels: 1 | 3 } | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt((columns - 1) / channels)
    if (Number.isInteger(side) && side >= smallestSide) return { side, channels }
  }
  return undefined
}

export default defineFormat({
  id: 'pixel-table',
  title: 'Pixel table',
  summary: 'CSV with a class and the pixels of one square picture a row, as mnist_train.csv.',
  options: z.strictObject({
    labelColumn: z.enum(['first', 'last']).default('first').meta({ title: 'Label column', description: 'Where the class stands in a row.' }),
    invert: pictureOptions.invert,
  }),
  async recognize(place) {
    const files = findTables(place)
    if (!files) return 0
    const { head } = place.kind === 'file' ? place : await lookAt(files.train)
    const [first = '', second = first] = new TextDecoder().decode(head).split(/\r?\n/)
    const cells = second.split(',')
    return shapeOf(cells.length) && first.split(',').length === cells.length && cells.every((cell) => /^\d{1,3}(?:\.0*)?$/.test(cell.trim()) && Number(cell) <= 255) ? 3 : 0
  },
  async read(place, options, { signal }) {
    const files = tablesOf(place)
    const train = await readPixels(files.train, options, place, signal)
    return files.heldOut ? { ...combineParts(train, await readPixels(files.heldOut, options, place, signal)), name: place.name } : train
  },
})

interface Options { readonly labelColumn: 'first' | 'last'; readonly invert: boolean }

async function readPixels(path: string, { labelColumn, invert }: Options, place: Place, signal: AbortSignal | undefined): Promise<Dataset> {
  const name = basename(path)
  const table = await readNumberRows(path, signal)
  const shape = shapeOf(table.columns)
  if (!shape) throw new AppError('data-invalid', `${name} has ${table.columns} columns; a label and the pixels of a square picture are ${28 * 28 + 1} (28 × 28), ${32 * 32 * 3 + 1} (32 × 32 in colour) and so on.`)
  const { side, channels } = shape
  const length = table.columns - 1
  const labelAt = labelColumn === 'first' ? 0 : length
  const scale = scaleOf(table.values, table.columns, labelAt)
  const skipped: Skipped[] = [...table.skipped]
  const pixels: Uint8Array[] = []
  const classes: number[] = [], lines: number[] = []
  for (let row = 0; row < table.rows; row++) {
    const cells = table.values.subarray(row * table.columns, (row + 1) * table.columns)
    const reason = problemOf(cells, labelAt, scale)
    if (reason !== undefined) {
      skipped.push({ where: `${name}, line ${table.lines[row]}`, reason })
      continue
    }
    const picture = Uint8Array.from(labelAt === 0 ? cells.subarray(1) : cells.subarray(0, length), (value) => Math.round(value * scale))
    pixels.push(invert ? picture.map((value) => 255 - value) : picture)
    classes.push(cells[labelAt]!)
    lines.push(table.lines[row]!)
  }
  const folder = place.kind === 'folder' ? place : await lookAt(dirname(place.path))
  const origin = (index: number): string => `${name}, line ${lines[index]}`
  return {
    name, format: 'pixel-table', count: classes.length, input: { kind: 'pictures', channels, height: side, width: side, pixels: joinBytes(pixels) },
    target: namedClasses(Int32Array.from(classes), await readLabelNames(folder), origin), origin, skipped, warnings: [],
  }
}

/** Pixels are written as 0..255, 0..16 (scikit-learn's digits) or 0..1. */
function scaleOf(values: Float32Array, columns: number, labelAt: number): number {
  let largest = 0
  for (let at = 0; at < values.length; at++) if (at % columns !== labelAt && values[at]! > largest) largest = values[at]!
  return largest <= 1 ? 255 : largest <= 16 ? 255 / 16 : 1
}

function problemOf(cells: Float32Array, labelAt: number, scale: number): string | undefined {
  const label = cells[labelAt]!
  if (!Number.isInteger(label) || label < 0 || label > 10_000) return `Its label is ${label}; labels are whole numbers from 0.`
  const bad = cells.findIndex((value, column) => column !== labelAt && !(value >= 0 && value * scale <= 255))
  return bad < 0 ? undefined : `The pixel in column ${bad + 1} is ${cells[bad]}; pixels are 0 to 255.`
}
