/** What is to be fooled and how, as it is being chosen, and the recipe that it makes. */
import { computed, reactive, ref, shallowRef } from 'vue'
import type { FoolMethodInfo, FoolRecipe, FoolSettings } from '#contract/fool.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { DataSource } from '#contract/training.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useSynthesis } from '#renderer/stores/synthesis.ts'
import { useToasts } from '#renderer/stores/toasts.ts'

export type GoalKind = 'any' | 'class' | 'all'
/** Of methods that change photographs: what is made of them. */
export type Purpose = 'fool' | 'smallest' | 'curve'

export const usualBudgets = '0.5, 1, 2, 3, 4, 6, 8'

/** Numbers of at least 0, comma-separated; null where it is none. */
export function readBudgets(text: string): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '')
  const values = parts.map(Number)
  return parts.length > 0 && values.every((value) => Number.isFinite(value) && value >= 0 && value <= 20_000) ? values : null
}

export function useFool() {
  const { client } = useEngine()
  const session = useSession()
  const synthesis = useSynthesis()
  const toasts = useToasts()
  const methods = useQuery(() => ({}), (_, signal) => client.fool.methods(undefined, { signal }), { keepPrevious: true })
  const methodId = ref('ascent')
  const goal = ref<GoalKind>('class')
  const target = ref<number | null>(null)
  const purpose = ref<Purpose>('fool')
  const budgets = ref(usualBudgets)
  /** Class ascent from the open picture, not from noise. */
  const fromPicture = ref(false)
  const seed = ref(1)
  /** Instead of the open picture. */
  const folder = shallowRef<{ readonly path: string; readonly pictures: readonly FileReference[]; readonly left: number } | null>(null)
  const others = shallowRef<readonly FileReference[]>([])
  /** What networks are trained again on, instead of the data that the open one was trained on. */
  const data = shallowRef<DataSource | null>(null)
  /** Of each training; null: as the recipe says. */
  const epochs = ref<number | null>(null)
  const optionsOf = reactive<Record<string, Record<string, number | string>>>({})
  const starting = ref(false)

  const method = computed<FoolMethodInfo | null>(() => methods.data.value?.find(({ id }) => id === methodId.value) ?? null)
  const options = computed<Record<string, number | string>>({
    get: () => optionsOf[methodId.value] ?? {},
    set: (value) => { optionsOf[methodId.value] = value },
  })
  const classes = computed(() => session.forward?.classes ?? session.labels.length)
  const needsClass = computed(() => method.value?.kind === 'class')
  /** Bred for all classes at once. */
  const breeds = computed(() => method.value?.kind === 'evolution' || method.value?.kind === 'loop')
  const changesPictures = computed(() => method.value?.kind === 'picture' || method.value?.kind === 'set')
  const trains = computed(() => method.value?.kind === 'loop')
  const retraining = useQuery(() => (trains.value && session.model !== null ? { model: session.model.model } : null), (asked, signal) => client.fool.retraining(asked, { signal }))
  const training = computed<FoolSettings['training'] | null>(() => {
    const found = retraining.data.value
    if (!trains.value || found === null || (data.value === null && found.data === undefined)) return null
    return { ...found.recipe, data: data.value ?? found.recipe.data, epochs: epochs.value ?? found.recipe.epochs }
  })
  const pictures = computed<readonly FileReference[]>(() => {
    if (!changesPictures.value && !(needsClass.value && fromPicture.value)) return []
    if (changesPictures.value && folder.value !== null) return folder.value.pictures
    return session.picture === null ? [] : [{ sha256: session.picture.picture, name: session.picture.name }]
  })

  /** What is missing before it can begin, in words; null where nothing is. */
  const missing = computed<string | null>(() => {
    if (session.model === null) return 'Open a model first.'
    if (session.model.preprocessing === undefined || session.model.preprocessing.preprocessing.output === 'none') return 'This model does not classify: there is no class that a picture could be mistaken for.'
    if (method.value === null) return 'Reading the methods.'
    if ((changesPictures.value || (needsClass.value && fromPicture.value)) && pictures.value.length === 0) return 'Open a picture first, or choose a folder.'
    if (trains.value && retraining.failure.value !== null) return retraining.failure.value.message
    if (trains.value && training.value === null) return retraining.data.value === null ? 'Looking how this model was trained.' : 'Choose the data that it is to be trained on.'
    if (goal.value === 'class' && !breeds.value && target.value === null) return 'Choose a class.'
    if (purpose.value === 'curve' && method.value.kind === 'picture' && readBudgets(budgets.value) === null) return 'Budgets are numbers, separated by commas.'
    return null
  })

  const recipe = computed<FoolRecipe | null>(() => {
    if (missing.value !== null || session.model === null || method.value === null) return null
    const { kind, budget } = method.value
    const targets: FoolSettings['targets'] = breeds.value ? undefined : goal.value === 'class' && target.value !== null ? [target.value] : goal.value === 'all' && kind === 'class' ? 'all' : undefined
    const settings: FoolSettings = {
      method: methodId.value, options: { ...options.value }, pictures: [...pictures.value], transferTo: breeds.value || (purpose.value === 'curve' && kind === 'picture') ? [] : [...others.value],
      smallest: kind === 'picture' && budget !== undefined && purpose.value === 'smallest', budgets: kind === 'picture' && budget !== undefined && purpose.value === 'curve' ? readBudgets(budgets.value) ?? [] : [],
      ...(targets === undefined ? {} : { targets }), ...(training.value === null ? {} : { training: training.value }),
    }
    return { kind: 'fool', model: { sha256: session.model.model, name: session.model.summary.name }, seed: seed.value, settings }
  })

  function chooseMethod(id: string): void {
    const before = method.value?.kind
    methodId.value = id
    const kind = method.value?.kind
    // From noise there is always a class; a photograph is fooled soonest by anything else.
    if (kind === 'class' && goal.value === 'any') goal.value = 'class'
    if (kind !== 'class' && (before === 'class' || goal.value === 'all')) goal.value = 'any'
  }

  async function start(): Promise<void> {
    if (recipe.value === null) return
    starting.value = true
    try {
      await synthesis.start(recipe.value)
    } finally {
      starting.value = false
    }
  }

  async function chooseFolder(path: string): Promise<void> {
    try {
      const found = await client.fool.photographs({ path })
      folder.value = { path, ...found }
      if (found.left > 0) toasts.push('warning', `The first ${found.pictures.length} pictures are used; ${found.left} more are left out.`)
    } catch (error) {
      toasts.pushError(error)
    }
  }

  /** As a recipe has it. */
  function follow({ settings, seed: from }: FoolRecipe): void {
    methodId.value = settings.method
    optionsOf[settings.method] = { ...settings.options }
    seed.value = from
    goal.value = settings.targets === undefined ? 'any' : settings.targets === 'all' ? 'all' : 'class'
    if (Array.isArray(settings.targets)) target.value = settings.targets[0] ?? null
    purpose.value = settings.budgets.length > 0 ? 'curve' : settings.smallest ? 'smallest' : 'fool'
    if (settings.budgets.length > 0) budgets.value = settings.budgets.join(', ')
    if (settings.training !== undefined) {
      data.value = settings.training.data
      epochs.value = settings.training.epochs
    }
    if (settings.pictures.length > 1) folder.value = { path: `${settings.pictures.length} pictures of the recipe`, pictures: settings.pictures, left: 0 }
  }

  return { methods, methodId, method, goal, target, purpose, budgets, fromPicture, seed, folder, others, options, classes, needsClass, changesPictures, breeds, trains, retraining, data, epochs, training, pictures, missing, recipe, starting, chooseMethod, start, chooseFolder, follow }
}

export type Fool = ReturnType<typeof useFool>
