/** Finds entries by what is typed: every word must begin a word of the entry, or stand in it; titles count before other words. */
export interface Findable {
  readonly title: string
  readonly group: string
  readonly words?: string
}

export function rank<Entry extends Findable>(entries: readonly Entry[], text: string): readonly Entry[] {
  const asked = text.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (asked.length === 0) return entries
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, asked) }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score)
    .map(({ entry }) => entry)
}

function scoreOf({ title, group, words = '' }: Findable, asked: readonly string[]): number {
  const fields = [[title.toLowerCase(), 8], [words.toLowerCase(), 2], [group.toLowerCase(), 1]] as const
  let total = 0
  for (const word of asked) {
    const best = Math.max(...fields.map(([field, weight]) => weight * matchOf(field, word)))
    if (best === 0) return 0
    total += best
  }
  return total
}

/** 4: begins it, 3: is one of its words, 2: begins a word, 1: is inside. */
function matchOf(field: string, word: string): number {
  if (field.startsWith(word)) return 4
  const parts = field.split(/[^\p{L}\p{N}]+/u)
  if (parts.includes(word)) return 3
  if (parts.some((part) => part.startsWith(word))) return 2
  return field.includes(word) ? 1 : 0
}
