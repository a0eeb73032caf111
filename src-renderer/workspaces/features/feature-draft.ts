/** How pictures are to be made, kept while the application is open. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { FeaturesRecipe, FeaturesSettings, FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { OpenModel } from '#contract/models.ts'

export const parameterisations = [{ id: 'fourier', title: 'Frequencies' }, { id: 'pixel', title: 'Pixels' }, { id: 'pyramid', title: 'Resolutions' }, { id: 'cppn', title: 'Drawing net' }] as const
export const optimisers = [{ id: 'adam', title: 'Adam' }, { id: 'lbfgs', title: 'L-BFGS' }, { id: 'gradient-ascent', title: 'Normalized gradient' }] as const
export const objectives = [{ id: 'channel', title: 'Whole map', hint: 'The mean over its map: what it responds to wherever it stands' }, { id: 'neuron', title: 'One neuron', hint: 'The middle of its map: one thing in the middle of the picture' }] as const
export const extents = [{ id: 'field', title: 'What it sees', hint: 'As many pixels as one neuron sees, and some room around: quick for early layers' }, { id: 'whole', title: 'Whole input', hint: 'The extent that the model takes' }] as const

type Id<T extends readonly { readonly id: string }[]> = T[number]['id']

/** Weights that suit the terms, by trial on nets of 28 to 224 pixels. */
const diversityWeight = 0.3

export const useFeatureDraft = defineStore('feature-draft', () => {
  const objective = ref<Id<typeof objectives>>('channel')
  const parameterisation = ref<Id<typeof parameterisations>>('fourier')
  const optimiser = ref<Id<typeof optimisers>>('adam')
  const extent = ref<Id<typeof extents>>('field')
  const steps = ref(128)
  /** Of the total variation, 0: none. */
  const smoothness = ref(0)
  const moving = ref(true)
  const transparent = ref(false)
  const seed = ref(0)

  const penalties = computed<ObjectiveTerm[]>(() => (smoothness.value === 0 ? [] : [{ id: 'total-variation', weight: smoothness.value }]))

  function recipe(model: OpenModel, targets: FeatureTarget[], more: Partial<FeaturesSettings> = {}): FeaturesRecipe {
    return {
      kind: 'features', model: { sha256: model.model, name: model.summary.name }, seed: seed.value,
      settings: {
        targets: targets.map((target) => ({ ...target, terms: [...target.terms, ...penalties.value] })), parameterisation: parameterisation.value, optimiser: optimiser.value, steps: steps.value, batch: 1, alpha: transparent.value,
        ...(extent.value === 'field' ? { size: 'field' as const } : {}), ...(moving.value ? {} : { transforms: {} }), ...more,
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
    smoothness.value = settings.targets[0]?.terms.find(({ id }) => id === 'total-variation')?.weight ?? 0
    seed.value = wanted
  }

  return { objective, parameterisation, optimiser, extent, steps, smoothness, moving, transparent, seed, diversityWeight, recipe, take }
})
