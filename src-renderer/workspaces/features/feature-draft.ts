/** How pictures are to be made, kept while the application is open. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { FeaturesRecipe, FeaturesSettings, FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import type { OpenModel } from '#contract/models.ts'
import type { UnitObjectives } from './unit-targets.ts'

export const parameterisations = [{ id: 'fourier', title: 'Frequencies' }, { id: 'pixel', title: 'Pixels' }, { id: 'pyramid', title: 'Resolutions' }, { id: 'cppn', title: 'Drawing net' }] as const
export const optimisers = [{ id: 'adam', title: 'Adam' }, { id: 'lbfgs', title: 'L-BFGS' }, { id: 'gradient-ascent', title: 'Normalized gradient' }] as const
export const objectives = [{ id: 'channel', title: 'Whole map', hint: 'The mean over its map: what it responds to wherever it stands' }, { id: 'neuron', title: 'One neuron', hint: 'The middle of its map: one thing in the middle of the picture' }] as const
export const extents = [{ id: 'field', title: 'What it sees', hint: 'As many pixels as one neuron sees, and some room around: quick for early layers' }, { id: 'whole', title: 'Whole input', hint: 'The extent that the model takes' }] as const

/** Of classes. */
export const classObjectives = [{ id: 'logit', title: 'Score', hint: 'The score of the class alone, whatever the others get: the class itself' }, { id: 'probability', title: 'Probability', hint: 'The class against all others: what tells it from them' }] as const
/** What a picture is held back from; 0: not at all. By ids of objectives about the picture. */
export const restraints = [
  { id: 'total-variation', title: 'Smooth', hint: 'Fewer edges (total variation)' }, { id: 'blur', title: 'Soft', hint: 'Less of what blurring would take away' }, { id: 'l1', title: 'Empty', hint: 'Most of it stays empty (L1)' },
  { id: 'l2', title: 'Moderate', hint: 'No extreme values (L2)' }, { id: 'boundary', title: 'Border free', hint: 'Nothing touches the border' },
] as const

type Id<T extends readonly { readonly id: string }[]> = T[number]['id']

/** Of pictures of a set unlike each other, in sizes of what is excited. */
const diversityWeight = 1.2

const noRestraint = (): Record<RestraintId, number> => Object.fromEntries(restraints.map(({ id }) => [id, 0])) as Record<RestraintId, number>
export type RestraintId = Id<typeof restraints>

export const useFeatureDraft = defineStore('feature-draft', () => {
  const objective = ref<Id<typeof objectives>>('channel')
  const parameterisation = ref<Id<typeof parameterisations>>('fourier')
  const optimiser = ref<Id<typeof optimisers>>('adam')
  const extent = ref<Id<typeof extents>>('field')
  const steps = ref(128)
  const classObjective = ref<Id<typeof classObjectives>>('logit')
  const restrained = ref(noRestraint())
  const moving = ref(true)
  const transparent = ref(false)
  const seed = ref(0)

  /** In sizes of what is excited: the same setting suits scores of ones and of thousands. */
  const penalties = computed<ObjectiveTerm[]>(() => restraints.flatMap(({ id }) => (restrained.value[id] === 0 ? [] : [{ id, weight: restrained.value[id], relative: true }])))
  /** What of its units is excited: units of a vector have no map. */
  const objectiveOf = (layer: Layer): UnitObjectives => ({ unit: layer.view.type === 'maps' ? objective.value : 'channel', class: classObjective.value })
  /** Keeps the pictures of a set apart, in that layer. */
  const diversity = (layer: Layer): ObjectiveTerm => ({ id: 'diversity', weight: diversityWeight, relative: true, layer: layer.id })

  /** `whole`: of the extent that the model takes, whatever is chosen. */
  function recipe(model: OpenModel, targets: FeatureTarget[], { whole = false, ...more }: Partial<FeaturesSettings> & { readonly whole?: boolean } = {}): FeaturesRecipe {
    return {
      kind: 'features', model: { sha256: model.model, name: model.summary.name }, seed: seed.value,
      settings: {
        targets: targets.map((target) => ({ ...target, terms: [...target.terms, ...penalties.value] })), parameterisation: parameterisation.value, optimiser: optimiser.value, steps: steps.value, batch: 1, alpha: transparent.value,
        ...(extent.value === 'field' && !whole ? { size: 'field' as const } : {}), ...(moving.value ? {} : { transforms: {} }), ...more,
      },
    }
  }

  /** Sets the draft as a picture's recipe says. */
  function take({ seed: wanted, settings }: FeaturesRecipe): void {
    const among = <T extends readonly { readonly id: string }[]>(options: T, id: string): Id<T> | undefined => options.find((option) => option.id === id)?.id
    parameterisation.value = among(parameterisations, settings.parameterisation) ?? parameterisation.value
    optimiser.value = among(optimisers, settings.optimiser) ?? optimiser.value
    objective.value = among(objectives, settings.targets[0]?.terms[0]?.id ?? '') ?? objective.value
    extent.value = settings.size === 'field' ? 'field' : 'whole'
    steps.value = settings.steps
    transparent.value = settings.alpha
    moving.value = settings.transforms === undefined || Object.keys(settings.transforms).length > 0
    const terms = settings.targets[0]?.terms ?? []
    classObjective.value = among(classObjectives, terms[0]?.id ?? '') ?? classObjective.value
    restrained.value = Object.fromEntries(restraints.map(({ id }) => [id, terms.find((term) => term.id === id && term.relative === true)?.weight ?? 0])) as Record<RestraintId, number>
    seed.value = wanted
  }

  return { objective, classObjective, parameterisation, optimiser, extent, steps, restrained, moving, transparent, seed, objectiveOf, diversity, recipe, take }
})
