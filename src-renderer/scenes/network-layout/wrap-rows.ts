/** A long net is set like text: its columns are broken into rows where few links cross. */

export interface Column { readonly width: number; readonly top: number; readonly bottom: number }
export interface Row { readonly first: number; readonly last: number; readonly width: number; readonly top: number; readonly bottom: number }

export interface RowOptions {
  readonly columnGap: number
  readonly rowGap: number
  /** Width by height of the stage that the rows shall fill. */
  readonly aspect: number
  /** Routes that pass from column i to i + 1; one entry less than columns. */
  readonly crossings: readonly number[]
}

const maxRows = 8
/** A further row must make everything this much larger. */
const rowBenefit = 1.07

export function wrapRows(columns: readonly Column[], options: RowOptions): readonly Row[] {
  let best: readonly Row[] = []
  let bestScore = -Infinity
  for (let count = 1; count <= Math.min(maxRows, columns.length); count++) {
    const rows = breakInto(columns, count, options)
    const width = Math.max(...rows.map((row) => row.width))
    const height = rows.reduce((sum, row) => sum + row.bottom - row.top, 0) + (rows.length - 1) * options.rowGap
    const score = Math.min(options.aspect / width, 1 / height) / Math.pow(rowBenefit, count - 1)
    if (score > bestScore) { bestScore = score; best = rows }
  }
  return best
}

/** Dynamic programme over breaks: even rows, few links broken. */
function breakInto(columns: readonly Column[], count: number, { columnGap, crossings }: RowOptions): readonly Row[] {
  const starts: number[] = [0]
  for (const column of columns) starts.push((starts.at(-1) ?? 0) + column.width + columnGap)
  const widthOf = (first: number, last: number) => (starts[last + 1] ?? 0) - (starts[first] ?? 0) - columnGap
  const target = widthOf(0, columns.length - 1) / count
  // cost[k][i]: the cheapest way to set the first i columns in k rows.
  const cost: number[][] = Array.from({ length: count + 1 }, () => new Array<number>(columns.length + 1).fill(Infinity))
  const from: number[][] = Array.from({ length: count + 1 }, () => new Array<number>(columns.length + 1).fill(0))
  if (cost[0] !== undefined) cost[0][0] = 0
  for (let k = 1; k <= count; k++) {
    for (let end = k; end <= columns.length; end++) {
      for (let start = k - 1; start < end; start++) {
        const before = cost[k - 1]?.[start] ?? Infinity
        if (before === Infinity) continue
        const uneven = widthOf(start, end - 1) / target - 1
        const broken = start === 0 ? 0 : Math.max(0, (crossings[start - 1] ?? 1) - 1)
        const total = before + uneven * uneven * (uneven > 0 ? 2 : 1) + 0.12 * (broken > 1e3 ? 1e3 : Math.min(broken, 6))
        const row = cost[k]
        const trace = from[k]
        if (row !== undefined && trace !== undefined && total < (row[end] ?? Infinity)) { row[end] = total; trace[end] = start }
      }
    }
  }
  const rows: Row[] = []
  for (let k = count, end = columns.length; k > 0; k--) {
    const start = from[k]?.[end] ?? 0
    const inside = columns.slice(start, end)
    rows.unshift({
      first: start, last: end - 1, width: widthOf(start, end - 1),
      top: Math.min(...inside.map((column) => column.top)), bottom: Math.max(...inside.map((column) => column.bottom)),
    })
    end = start
  }
  return rows
}
