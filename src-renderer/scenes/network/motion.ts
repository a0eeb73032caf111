/** How walls move from one layout to the next: blocks grow out of their folded wall and shrink back into it. */
import type { NetworkTree } from '../network-layout/network-tree.ts'

export interface Placed { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly depth: number }

export interface WallMotion {
  readonly id: string
  readonly from: Placed
  readonly to: Placed
  readonly fadesIn: boolean
  readonly fadesOut: boolean
}

/** Pairs two sets of walls by id, by the group that holds them, or else in place. */
export function motions(tree: NetworkTree, before: ReadonlyMap<string, Placed>, after: ReadonlyMap<string, Placed>): readonly WallMotion[] {
  const moves: WallMotion[] = []
  for (const [id, to] of after) {
    const own = before.get(id)
    const origin = own ?? holderIn(tree, id, before) ?? memberIn(tree, id, before)
    moves.push({ id, from: origin ?? to, to, fadesIn: own === undefined, fadesOut: false })
  }
  for (const [id, from] of before) {
    if (after.has(id)) continue
    moves.push({ id, from, to: holderIn(tree, id, after) ?? memberIn(tree, id, after) ?? from, fadesIn: false, fadesOut: true })
  }
  return moves
}

function holderIn(tree: NetworkTree, id: string, placed: ReadonlyMap<string, Placed>): Placed | undefined {
  for (let group = tree.parentOf.get(id); group !== undefined; group = tree.parentOf.get(group)) {
    const place = placed.get(group)
    if (place !== undefined) return place
  }
  return undefined
}

function memberIn(tree: NetworkTree, id: string, placed: ReadonlyMap<string, Placed>): Placed | undefined {
  const members = tree.groups.get(id)?.members ?? []
  for (const member of members.toReversed()) {
    const place = placed.get(member) ?? memberIn(tree, member, placed)
    if (place !== undefined) return place
  }
  return undefined
}

const between = (a: number, b: number, t: number): number => a + (b - a) * t

export function placeAt({ from, to }: WallMotion, t: number): Placed {
  return {
    x: between(from.x, to.x, t), y: between(from.y, to.y, t), width: between(from.width, to.width, t), height: between(from.height, to.height, t),
    depth: between(from.depth, to.depth, t),
  }
}
