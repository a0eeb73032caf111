/** The run that is being set up. It stays while one looks elsewhere. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import { describeIssues } from '#contract/describe-issues.ts'
import { Recipe } from '#contract/training.ts'

/** What a new run begins with, before anything is chosen. */
export const firstRecipe = (): Recipe => Recipe.parse({
  version: 1, name: 'Digits', seed: 1, data: { kind: 'generator', name: 'digits' }, net: { kind: 'notation', text: '20C5 MP2 50C5 MP2 256F 10' },
  epochs: 12, batch: 100, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001, schedule: 'cosine' },
})

/** How long and how fast: what suits one kind of network and not another. */
export type Pace = Pick<Recipe, 'epochs' | 'batch'> & { readonly optimizer: Partial<Recipe['optimizer']> }
const paceOf = ({ epochs, batch, optimizer: { kind, rate, schedule, warmup } }: Recipe): Pace => ({ epochs, batch, optimizer: { kind, rate, schedule, warmup } })
/** Where data come from, whatever their options. */
const sourceOf = ({ data }: Recipe): string => (data.kind === 'generator' ? data.name : data.path)
/** Of a network from scratch. */
export const plainPace = (): Pace => paceOf(firstRecipe())

export const useTrainingDraft = defineStore('training-draft', () => {
  const recipe = ref<Recipe>(firstRecipe())
  /** The bundled recipe it began with. */
  const origin = ref<string | null>(null)
  /** The name that nobody typed, and the data that it was made for. */
  const given = ref({ name: recipe.value.name, data: JSON.stringify(recipe.value.data) })
  /** Grows when the whole recipe is replaced: fields forget what was typed into them. */
  const revision = ref(0)
  /** What is wrong in a field, by field. A run begins when there is none. */
  const problems = reactive(new Map<string, string>())
  const first = JSON.stringify(recipe.value)
  /** Nobody has touched it: a recipe that arrives late may still take its place. */
  const pristine = computed(() => revision.value === 0 && JSON.stringify(recipe.value) === first)
  const valid = computed(() => problems.size === 0)

  function take(next: Recipe, from: string | null = null): void {
    // A copy without defaults left out, and without the reactivity of whoever holds it.
    recipe.value = Recipe.parse(JSON.parse(JSON.stringify(next)))
    origin.value = from
    given.value = { name: recipe.value.name, data: JSON.stringify(recipe.value.data) }
    suited = paceOf(recipe.value)
    begun = { source: sourceOf(recipe.value), net: JSON.stringify(recipe.value.net) }
    problems.clear()
    revision.value += 1
  }

  /** Other data give a run another name, unless somebody named it. */
  function nameAfter(data: string): void {
    const now = JSON.stringify(recipe.value.data)
    if (now === given.value.data || recipe.value.name !== given.value.name) return
    recipe.value.name = data
    given.value = { name: data, data: now }
  }

  /** What the recipe was written for, and the network that nobody changed since. */
  let begun: { kind?: string; readonly source: string; readonly net: string } = { source: sourceOf(recipe.value), net: JSON.stringify(recipe.value.net) }
  /** The pace when other data were chosen. */
  let left: Pace | undefined
  watch(() => sourceOf(recipe.value), () => { left = paceOf(recipe.value) }, { flush: 'sync' })
  /** Data from elsewhere are not what the recipe was written for: what nobody changed of it makes way. Its network is written anew by `netOf`. */
  function begin(pace: Pace, netOf: (notation: string) => string, kind: string): void {
    if (sourceOf(recipe.value) === begun.source) {
      begun.kind = kind
      return
    }
    origin.value = null
    const { net } = recipe.value
    if (net.kind === 'notation') {
      if (JSON.stringify(net) === begun.net) recipe.value = { ...recipe.value, net: { kind: 'notation', text: netOf(net.text) } }
      // What was set for pictures says nothing of a table, unless it was set after the table was chosen.
      if (begun.kind !== undefined && begun.kind !== kind && JSON.stringify(paceOf(recipe.value)) === JSON.stringify(left)) suited = paceOf(recipe.value)
      suit(pace)
    }
    begun = { kind, source: sourceOf(recipe.value), net: JSON.stringify(net) === begun.net ? JSON.stringify(recipe.value.net) : begun.net }
  }

  let suited = paceOf(recipe.value)
  /** The usual pace for what learns now takes the place of the one before, unless somebody changed that. */
  function suit(next: Pace): void {
    const touched = JSON.stringify(paceOf(recipe.value)) !== JSON.stringify(suited)
    if (!touched) recipe.value = { ...recipe.value, epochs: next.epochs, batch: next.batch, optimizer: { ...recipe.value.optimizer, ...next.optimizer } }
    suited = paceOf(recipe.value)
    if (!touched) revision.value += 1
  }

  function setProblem(field: string, problem: string | undefined): void {
    if (problem === undefined) problems.delete(field)
    else problems.set(field, problem)
  }

  return { recipe, origin, revision, problems, pristine, valid, take, nameAfter, begin, suit, setProblem }
})

/** A recipe from a file. Throws an Error that says which field is wrong. */
export function parseRecipe(text: string): Recipe {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new Error(`This is no JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  const parsed = Recipe.safeParse(content)
  if (parsed.success) return parsed.data
  throw new Error(`This is no recipe of a training run: ${describeIssues(parsed.error, content)}.`)
}
