/**
 * Compositional pattern-producing networks (Stanley 2007): small feed-forward graphs from a pixel's place to its colour. Nodes 0 to 3 are
 * the inputs (x, y, distance from the middle, 1); the outputs follow, then the hidden nodes, in the order in which they were added.
 */
import type { Random } from '../../lib/random.ts'
import { polynomialMutation } from './polynomial-mutation.ts'

export const activations = ['sine', 'sigmoid', 'gaussian', 'linear'] as const
export const inputCount = 4

export interface Link { readonly from: number; readonly to: number; readonly weight: number }

export interface Cppn {
  readonly outputs: 1 | 3
  /** Index into `activations` of every output and hidden node. */
  readonly nodes: readonly number[]
  readonly links: readonly Link[]
}

/** Probabilities of Evolving-AI-Lab/fooling; a new population has no hidden nodes. */
const rates = { addNode: 0.5, deleteNode: 0.2, addLink: 0.5, deleteLink: 0.3, changeWeight: 0.5, changeActivation: 0.05 } as const
const weights = { low: -3, high: 3, eta: 15 } as const

const anyActivation = (random: Random): number => random.integer(0, activations.length - 1)

export function randomCppn(random: Random, outputs: 1 | 3): Cppn {
  const links = Array.from({ length: outputs }, (_, output) => Array.from({ length: inputCount }, (_, from): Link => ({ from, to: inputCount + output, weight: random.uniform(weights.low, weights.high) }))).flat()
  return { outputs, nodes: Array.from({ length: outputs }, () => anyActivation(random)), links }
}

/** A child: topology and weights changed at the rates above. Acyclic as its parent. */
export function mutateCppn(parent: Cppn, random: Random): Cppn {
  let child = parent
  if (random.chance(rates.addNode)) child = withNode(child, random)
  if (random.chance(rates.deleteNode)) child = withoutNode(child, random)
  if (random.chance(rates.addLink)) child = withLink(child, random)
  if (random.chance(rates.deleteLink) && child.links.length > 1) {
    const gone = random.integer(0, child.links.length - 1)
    child = { ...child, links: child.links.filter((_, index) => index !== gone) }
  }
  const links = child.links.map((link) => (random.chance(rates.changeWeight) ? { ...link, weight: polynomialMutation(link.weight, random.uniform(), weights) } : link))
  const nodes = child.nodes.map((activation) => (random.chance(rates.changeActivation) ? anyActivation(random) : activation))
  return { ...child, links, nodes }
}

/** A link is split: into the new node with weight 1, out of it with the link's own (Stanley and Miikkulainen 2002, section 3.1). */
function withNode({ outputs, nodes, links }: Cppn, random: Random): Cppn {
  const split = links[random.integer(0, Math.max(0, links.length - 1))]
  if (!split) return { outputs, nodes, links }
  const node = inputCount + nodes.length
  return { outputs, nodes: [...nodes, anyActivation(random)], links: [...links.filter((link) => link !== split), { from: split.from, to: node, weight: 1 }, { from: node, to: split.to, weight: split.weight }] }
}

function withoutNode({ outputs, nodes, links }: Cppn, random: Random): Cppn {
  if (nodes.length === outputs) return { outputs, nodes, links }
  const gone = inputCount + random.integer(outputs, nodes.length - 1)
  const renumbered = (node: number): number => (node > gone ? node - 1 : node)
  return {
    outputs, nodes: nodes.filter((_, index) => index + inputCount !== gone),
    links: links.filter(({ from, to }) => from !== gone && to !== gone).map(({ from, to, weight }) => ({ from: renumbered(from), to: renumbered(to), weight })),
  }
}

const attempts = 8

function withLink(cppn: Cppn, random: Random): Cppn {
  const count = inputCount + cppn.nodes.length
  for (let attempt = 0; attempt < attempts; attempt++) {
    const from = random.integer(0, count - 1), to = random.integer(inputCount, count - 1)
    if (from === to || cppn.links.some((link) => link.from === from && link.to === to) || reaches(cppn.links, to, from)) continue
    return { ...cppn, links: [...cppn.links, { from, to, weight: random.uniform(weights.low, weights.high) }] }
  }
  return cppn
}

function reaches(links: readonly Link[], start: number, goal: number): boolean {
  const open = [start]
  const seen = new Set(open)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === goal) return true
    for (const { from, to } of links) if (from === node && !seen.has(to)) { seen.add(to); open.push(to) }
  }
  return false
}

/** Nodes that the outputs depend on, each behind all that it reads. */
export function evaluationOrder({ outputs, nodes, links }: Cppn): number[] {
  const into = new Map<number, number[]>()
  for (const { from, to } of links) into.set(to, [...(into.get(to) ?? []), from])
  const order: number[] = []
  const done = new Set<number>()
  const visit = (node: number): void => {
    if (done.has(node) || node < inputCount) return
    done.add(node)
    for (const from of into.get(node) ?? []) visit(from)
    order.push(node)
  }
  for (let output = 0; output < Math.min(outputs, nodes.length); output++) visit(inputCount + output)
  return order
}

/** Little-endian: outputs, nodes, links (16 bits each), then activations (8 bits each), then from, to (16) and weight (64) of every link. */
export function cppnToBytes({ outputs, nodes, links }: Cppn): Uint8Array {
  const bytes = new Uint8Array(6 + nodes.length + 12 * links.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, outputs, true)
  view.setUint16(2, nodes.length, true)
  view.setUint16(4, links.length, true)
  bytes.set(nodes, 6)
  links.forEach(({ from, to, weight }, index) => {
    const at = 6 + nodes.length + 12 * index
    view.setUint16(at, from, true)
    view.setUint16(at + 2, to, true)
    view.setFloat64(at + 4, weight, true)
  })
  return bytes
}

export function cppnFromBytes(bytes: Uint8Array): Cppn {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const nodeCount = view.getUint16(2, true)
  return {
    outputs: view.getUint16(0, true) === 1 ? 1 : 3,
    nodes: Array.from(bytes.subarray(6, 6 + nodeCount)),
    links: Array.from({ length: view.getUint16(4, true) }, (_, index) => {
      const at = 6 + nodeCount + 12 * index
      return { from: view.getUint16(at, true), to: view.getUint16(at + 2, true), weight: view.getFloat64(at + 4, true) }
    }),
  }
}
