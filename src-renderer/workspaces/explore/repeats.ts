/** What repeats in a net, for people: 'fire × 8'. */
import type { NetworkTree } from '#renderer/scenes/network-layout/network-tree.ts'

export function repeatsOf(tree: NetworkTree): string {
  const bySignature = new Map<string, string[]>()
  for (const group of tree.groups.values()) if (!group.synthetic) bySignature.set(group.signature, [...(bySignature.get(group.signature) ?? []), group.title])
  const most = [...bySignature.values()].reduce<string[]>((best, titles) => (titles.length > best.length ? titles : best), [])
  if (most.length < 2) return 'blocks'
  return `${commonName(most) || 'block'} × ${most.length}`
}

/** The letters all titles begin with, without trailing digits and separators. */
function commonName(titles: readonly string[]): string {
  const [first = '', ...rest] = titles
  let length = first.length
  for (const title of rest) while (!title.startsWith(first.slice(0, length))) length--
  return first.slice(0, length).replace(/[\d\s._/:-]+$/, '')
}
