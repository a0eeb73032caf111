/** Several units at once: added up, taken as one direction, or a row from one to the other. What is asked of the engine, and why it cannot be. */
import type { FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import { plainObjectives, unitCount, unitTerm } from './unit-targets.ts'

export const manners = [
  { id: 'sum', title: 'Added up', hint: 'As much as can be of each unit times its weight, before its activation: what silences one of them counts against it. Below 0, as little as can be' },
  { id: 'direction', title: 'In proportion', hint: 'One direction in the layer: its units in the proportions of their weights, and little else' },
  { id: 'row', title: 'From one to the other', hint: 'A row of pictures whose first is for the first unit, and whose last is for the second' },
] as const
export type Manner = (typeof manners)[number]['id']

export interface Part { readonly layer: Layer; readonly unit: number; readonly weight: number; /** Of the class that it stands for. */ readonly label?: string | undefined }
export interface Mixture { readonly parts: readonly Part[]; readonly manner: Manner; /** Pictures of a row. */ readonly count: number; /** Neighbors of a row are kept alike. */ readonly aligned: boolean }

/** Kept alike, in sizes of what is excited. */
const alignmentWeight = 0.5
/** Of the cosine that prefers the right direction to mere size. */
const directionPower = 1

/** What keeps the mixture from being drawn, for a person; null: nothing does. */
export function problemOf({ parts, manner }: Mixture): string | null {
  const layers = new Set(parts.map(({ layer }) => layer.id))
  const refused = parts.find(({ layer }) => layer.gradientRefused !== undefined)
  if (parts.length === 0) return 'Add the units that it is to be made of.'
  if (refused) return `‘${refused.layer.title}’ cannot be differentiated: ${refused.layer.gradientRefused ?? ''}`
  if (parts.every(({ weight }) => weight === 0)) return 'Give at least one unit a weight other than 0.'
  if (manner === 'sum') return null
  if (parts.some(({ label }) => label !== undefined)) return 'Classes can be added up only: choose units of a layer for this.'
  if (layers.size > 1) return 'These units are of several layers: they can be added up only.'
  if (manner === 'row' && parts.length !== 2) return `A row leads from one unit to another: ${parts.length === 1 ? 'add the second one' : `leave out all but two of ${parts.length}`}.`
  return null
}

const signed = (weight: number, first: boolean): string => {
  const size = Math.abs(weight)
  return `${weight < 0 ? (first ? '−' : '− ') : first ? '' : '+ '}${size === 1 ? '' : `${size} × `}`
}
const nameOfPart = ({ layer, unit, label }: Part, several: boolean): string => label ?? (several ? `${layer.title} ${unit}` : `unit ${unit}`)

/** "mixed4: unit 3 + 0.5 × unit 7". */
export function titleOf({ parts, manner }: Mixture): string {
  const several = new Set(parts.map(({ layer }) => layer.id)).size > 1
  const names = parts.map((part) => nameOfPart(part, several))
  const inside = manner === 'row' ? `from ${names[0] ?? ''} to ${names[1] ?? ''}` : parts.map((part, at) => `${signed(part.weight, at === 0)}${names[at] ?? ''}`).join(' ')
  return several || parts[0]?.label !== undefined ? inside : `${parts[0]?.layer.title ?? ''}: ${inside}`
}

/** Layers by their places in `layers`, so that a name is short however its layers are called. */
export function mixtureName({ parts, manner, count, aligned }: Mixture, layers: readonly Layer[]): string {
  const inside = parts.map(({ layer, unit, weight }) => `${layers.findIndex(({ id }) => id === layer.id)}.${unit}${manner === 'row' ? '' : `x${weight}`}`).join('_')
  return `mixture-${manner === 'row' ? `row${count}${aligned ? 'a' : ''}` : manner}-${inside}`
}

/** Of a mixture without a problem. */
export function mixtureTarget(mixture: Mixture, layers: readonly Layer[]): FeatureTarget {
  return { name: mixtureName(mixture, layers), title: titleOf(mixture), terms: termsOf(mixture) }
}

function termsOf({ parts, manner, aligned }: Mixture): ObjectiveTerm[] {
  const [first, second] = parts
  if (manner === 'sum' || first === undefined) return parts.filter(({ weight }) => weight !== 0).map((part) => unitTerm(part, plainObjectives, part.weight))
  if (manner === 'direction') {
    const direction = new Array<number>(unitCount(first.layer)).fill(0)
    for (const { unit, weight } of parts) direction[unit] = (direction[unit] ?? 0) + weight
    return [{ id: 'direction', weight: 1, layer: first.layer.id, direction, power: directionPower }]
  }
  return [
    { id: 'interpolation', weight: 1, layer: first.layer.id, unit: first.unit, towards: second?.unit ?? first.unit },
    ...(aligned ? [{ id: 'alignment', weight: alignmentWeight, relative: true, layer: first.layer.id }] : []),
  ]
}

/** A mixture's pictures: one, or a row of them. */
export const mixtureNames = (mixture: Mixture, layers: readonly Layer[]): string[] => {
  const name = mixtureName(mixture, layers)
  return mixture.manner === 'row' ? Array.from({ length: mixture.count }, (_, at) => `${name}-${at + 1}`) : [name]
}

/** The mixture that a recipe's target asks for; null where it is none. */
export function mixtureOf({ terms }: FeatureTarget, batch: number, layerNamed: (name: string) => Layer | undefined, classes: { readonly layer: Layer; readonly labelOf: (unit: number) => string } | null): Mixture | null {
  const about = terms.filter(({ layer, class: label }) => layer !== undefined || label !== undefined)
  const [first] = about
  const layer = layerNamed(first?.layer ?? '')
  const aligned = about.some(({ id }) => id === 'alignment')
  if (first?.id === 'interpolation' && layer) return { manner: 'row', count: batch, aligned, parts: [first.unit, first.towards].map((unit) => ({ layer, unit: unit ?? 0, weight: 1 })) }
  if (first?.id === 'direction' && layer) return { manner: 'direction', count: batch, aligned, parts: (first.direction ?? []).flatMap((weight, unit) => (weight === 0 ? [] : [{ layer, unit, weight }])) }
  if (about.length < 2 || about.some(({ id }) => id !== 'channel' && id !== 'logit')) return null
  const parts = about.flatMap((term): Part[] => {
    if (term.class !== undefined) return classes === null ? [] : [{ layer: classes.layer, unit: term.class, weight: term.weight, label: classes.labelOf(term.class) }]
    const of = layerNamed(term.layer ?? '')
    return of === undefined ? [] : [{ layer: of, unit: term.unit ?? 0, weight: term.weight }]
  })
  return { manner: 'sum', count: batch, aligned, parts }
}
