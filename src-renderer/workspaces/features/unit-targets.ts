/** Targets for the units of a layer, and how their pictures are found again among the runs. */
import type { FeaturesRecipe, FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import type { SynthesisRun } from '#contract/synthesis.ts'

export const unitCount = ({ view }: Layer): number => (view.type === 'maps' ? view.channels : view.type === 'none' ? 0 : view.units)

/** '24 classes', '1 map', '304 units'. */
export function countUnits(layer: Layer, areClasses: boolean): string {
  const count = unitCount(layer)
  const [one, several] = areClasses ? ['class', 'classes'] : layer.view.type === 'maps' ? ['map', 'maps'] : ['unit', 'units']
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`
}

/** '64 maps of 28 × 28': a layer's units, in a few words; how many of them have a picture, where some do. */
export function describeUnits(layer: Layer, areClasses: boolean, drawn: number): string {
  const all = countUnits(layer, areClasses)
  if (drawn > 0) return `${drawn.toLocaleString('en')} of ${all} drawn`
  return !areClasses && layer.view.type === 'maps' ? `${all} of ${layer.view.height} × ${layer.view.width}` : all
}

/** The layer whose units are the classes, if there is one: the last of as many units as there are labels. */
export function classLayer(layers: readonly Layer[], labels: readonly string[]): Layer | undefined {
  return labels.length === 0 ? undefined : layers.findLast((layer) => layer.view.type === 'vector' && layer.view.units === labels.length)
}

export interface UnitNaming { readonly layer: Layer; readonly unit: number; /** Of the class that the unit stands for. */ readonly label?: string | undefined }

export type Role = 'wanted' | 'unwanted' | 'set'
export const nameOf = ({ layer, unit }: UnitNaming, role: Role): string => `${layer.id}-${unit}${role === 'wanted' ? '' : role === 'unwanted' ? '-negative' : '-set'}`
/** A set's pictures are numbered from 1. */
export const setNames = (naming: UnitNaming, count: number): string[] => Array.from({ length: count }, (_, at) => `${nameOf(naming, 'set')}-${at + 1}`)

/** Objectives by what they are about. */
export interface UnitObjectives { readonly unit: string; readonly class: string }
export const plainObjectives: UnitObjectives = { unit: 'channel', class: 'logit' }

export function unitTerm({ layer, unit, label }: UnitNaming, objective: UnitObjectives, weight: number): ObjectiveTerm {
  return label === undefined ? { id: objective.unit, weight, layer: layer.id, unit } : { id: objective.class, weight, class: unit }
}

export function unitTarget(naming: UnitNaming, role: Role, objective: UnitObjectives, more: readonly ObjectiveTerm[] = []): FeatureTarget {
  const what = naming.label ?? `${naming.layer.title}, unit ${naming.unit}`
  return { name: nameOf(naming, role), title: role === 'unwanted' ? `${what}, silenced` : what, terms: [unitTerm(naming, objective, role === 'unwanted' ? -1 : 1), ...more] }
}

const settingsOf = (run: SynthesisRun): FeaturesRecipe['settings'] | null => (run.recipe.kind === 'features' ? run.recipe.settings : null)

/** Where pictures of a set are compared: the layer itself if it has maps, else the last one before it that has. */
export function comparedIn(layers: readonly Layer[], layer: Layer): Layer | undefined {
  return layers.slice(0, layers.findIndex(({ id }) => id === layer.id) + 1).findLast(({ view, gradientRefused }) => view.type === 'maps' && view.height * view.width > 1 && gradientRefused === undefined)
}

/** The newest run over the units of a layer. */
export function gridRun(runs: readonly SynthesisRun[], layer: Layer): SynthesisRun | undefined {
  return runs.find((run) => {
    const targets = settingsOf(run)?.targets ?? []
    return targets.length > 2 && targets[0]?.name === nameOf({ layer, unit: 0 }, 'wanted')
  })
}

/** Runs that make, or made, a picture of one of those names; the newest first. */
export function runsMaking(runs: readonly SynthesisRun[], names: readonly string[]): readonly SynthesisRun[] {
  const wanted = new Set(names)
  return runs.filter((run) => {
    const settings = settingsOf(run)
    return settings?.targets.some(({ name }) => wanted.has(name) || Array.from({ length: settings.batch }, (_, at) => `${name}-${at + 1}`).some((each) => wanted.has(each))) ?? false
  })
}
