/** Columns and card width that show all pictures at once, as large as they can be. */
export interface CardFit {
  readonly width: number
  readonly height: number
  readonly cells: number
  /** Width by height of a picture. */
  readonly ratio: number
  /** What a card adds around its picture, and the gap to the next, pixels. */
  readonly frame: { readonly width: number; readonly height: number; readonly gap: number }
  /** Narrower pictures are not useful: rather let the page scroll. Pixels. */
  readonly smallest: number
}

export function fitCards({ width, height, cells, ratio, frame, smallest }: CardFit): { readonly columns: number; readonly cardWidth: number } {
  const widest = (columns: number): number => (width - (columns - 1) * frame.gap) / columns - frame.width
  const tallest = (rows: number): number => (height - (rows - 1) * frame.gap) / rows - frame.height
  let best = { columns: 1, picture: 0 }
  for (let columns = 1; columns <= cells; columns++) {
    const picture = Math.min(widest(columns), tallest(Math.ceil(cells / columns)) * ratio)
    if (picture > best.picture) best = { columns, picture }
  }
  if (best.picture >= smallest) return { columns: best.columns, cardWidth: Math.floor(best.picture + frame.width) }
  const columns = Math.max(1, Math.min(cells, Math.floor((width + frame.gap) / (smallest + frame.width + frame.gap))))
  return { columns, cardWidth: Math.floor(Math.max(0, widest(columns)) + frame.width) }
}
