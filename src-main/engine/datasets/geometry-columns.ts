/** Columns that say where something is in a picture. */
import type { NumberTarget } from './dataset.ts'
import { sharedFloats } from './dataset.ts'

export interface GeometryColumns {
  readonly kind: 'box' | 'keypoints'
  readonly columns: readonly number[]
  /** Of boxes: left, top, right, bottom instead of left, top, width, height. */
  readonly corners: boolean
  readonly names: readonly string[]
}

const corner = [/^(?:x_?min|left|bbox_?x_?min|x_?1)$/i, /^(?:y_?min|top|bbox_?y_?min|y_?1)$/i, /^(?:x_?max|right|bbox_?x_?max|x_?2)$/i, /^(?:y_?max|bottom|bbox_?y_?max|y_?2)$/i]
const extent = [/^(?:x|left|x_?min|bbox_?x)$/i, /^(?:y|top|y_?min|bbox_?y)$/i, /^(?:w|width|bbox_?w(?:idth)?)$/i, /^(?:h|height|bbox_?h(?:eight)?)$/i]
const boxNames = ['x', 'y', 'width', 'height']

/** `names` is empty where a column is taken. More points than two under numbered names are keypoints, not a box. */
export function findGeometry(names: readonly string[]): GeometryColumns | undefined {
  const points = keypointsOf(names)
  const numbered = points.length > 4
  const find = (patterns: readonly RegExp[]): number[] => patterns.map((pattern) => names.findIndex((name) => pattern.test(name)))
  const [corners, extents] = [find(corner), find(extent)]
  if (!numbered && corners.every((column) => column >= 0)) return { kind: 'box', columns: corners, corners: true, names: boxNames }
  if (extents.every((column) => column >= 0)) return { kind: 'box', columns: extents, corners: false, names: boxNames }
  return points.length > 0 ? { kind: 'keypoints', columns: points, corners: false, names: points.map((column) => names[column]!) } : undefined
}

/** x1, y1 and nose_x, nose_y, in the order of the table. */
function keypointsOf(names: readonly string[]): number[] {
  return names.flatMap((name, column) => {
    const partner = /^x[_ ]?\d+$/i.test(name) ? name.replace(/^x/i, (x) => (x === 'X' ? 'Y' : 'y')) : /[_ ]x$/i.test(name) ? name.replace(/x$/i, (x) => (x === 'X' ? 'Y' : 'y')) : undefined
    const at = partner === undefined ? -1 : names.indexOf(partner)
    return at < 0 ? [] : [column, at]
  })
}

/** Coordinates are pixels of the file unless none is above one. */
export function inShares({ kind, corners, names }: GeometryColumns, rows: readonly (readonly number[])[], originals: Float64Array): NumberTarget {
  const pixels = rows.some((row) => row.some((value) => value > 1))
  const values = sharedFloats(rows.length * names.length)
  rows.forEach((row, index) => {
    const box = corners ? [row[0]!, row[1]!, row[2]! - row[0]!, row[3]! - row[1]!] : row
    box.forEach((value, at) => { values[index * names.length + at] = value / (pixels ? originals[2 * index + (at % 2)]! : 1) })
  })
  return { kind: 'numbers', columns: names, values, geometry: kind }
}
