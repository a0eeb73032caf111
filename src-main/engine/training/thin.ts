/** At most `limit` records, evenly spread, the last one among them. */
export function thinned<T>(records: readonly T[], limit = 2000): T[] {
  if (records.length <= limit) return [...records]
  const stride = Math.ceil(records.length / limit)
  return records.filter((_, index) => (records.length - 1 - index) % stride === 0)
}
