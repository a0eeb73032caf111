/** Plain text for terminals. */

/** Rows with aligned columns; the last is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd()).join('\n')
}

/** 1240000 as '1.24 M'. */
export function countText(count: number): string {
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) if (count >= size) return `${(count / size).toPrecision(3)} ${unit}`
  return String(count)
}
