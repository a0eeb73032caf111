/** The workspace's run: what would be made, its forecast, beginning it, and changing it while it goes on. */
import { useDebounceFn } from '@vueuse/core'
import { computed, watch } from 'vue'
import type { StyleSettings } from '#contract/style.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useRecipes } from '#renderer/stores/recipes.ts'
import { useSession } from '#renderer/stores/session.ts'
import { isGoingOn, useSynthesis } from '#renderer/stores/synthesis.ts'
import { knownOnly, sourceOf, useStyleDraft } from './style-draft.ts'
import { choicesOf, settingsOf } from './style-recipe.ts'

const changeAfterMs = 350

export function useStyle() {
  const { client } = useEngine()
  const session = useSession()
  const synthesis = useSynthesis()
  const draft = useStyleDraft()
  const recipes = useRecipes()

  const paintsItself = computed(() => session.model?.task === 'image-to-image')
  const view = computed(() => synthesis.shown('style'))
  const settings = computed(() => settingsOf(draft.choices, draft))
  const recipe = computed((): Extract<SynthesisRecipe, { kind: 'style' }> | null => {
    const { model } = session
    if (model === null || settings.value === null) return null
    return { kind: 'style', model: { sha256: model.model, name: model.summary.name }, seed: draft.choices.seed, settings: settings.value }
  })

  const suggested = useQuery(() => (session.model === null || paintsItself.value ? null : { model: session.model.model }), (question, signal) => client.style.layers(question, { signal }))
  watch(suggested.data, (found) => {
    if (found === null) return
    draft.styleLayers = found.style
    draft.contentLayers = found.content
  })
  watch(() => session.model?.model, () => { draft.choices.method = paintsItself.value ? 'feed-forward' : 'optimise' }, { immediate: true })
  watch(() => session.picture, (picture) => { if (picture !== null) draft.content = sourceOf(picture) }, { immediate: true })

  const forecast = useQuery(() => (view.value !== null && isGoingOn(view.value.run) ? null : recipe.value), (question, signal) => synthesis.forecast(question, signal), { keepPrevious: true })

  /** What goes on is steered: it takes what is chosen now from its next step on. */
  const steer = useDebounceFn((next: StyleSettings) => {
    const run = view.value?.run
    if (run === undefined || !isGoingOn(run) || run.recipe.model.sha256 !== session.model?.model || next.method !== 'optimise') return
    void synthesis.control(run.id, { settings: { ...next } })
  }, changeAfterMs)
  watch(settings, (next, before) => { if (next !== null && before !== null && JSON.stringify(next) !== JSON.stringify(before)) void steer(next) })

  // A picture of ours was brought back.
  watch(() => recipes.waiting, () => {
    const followed = recipes.take('style')
    if (followed === null) return
    const last = followed.changes?.at(-1)?.settings ?? followed.settings
    Object.assign(draft.choices, choicesOf(last, followed.seed))
    const known = new Map([...draft.pictures, ...draft.styles.map(({ picture }) => picture)].map((picture) => [picture.reference.sha256, picture]))
    const find = (reference: Parameters<typeof knownOnly>[0]) => known.get(reference.sha256) ?? knownOnly(reference)
    if (last.method === 'feed-forward') {
      const [first, ...rest] = last.contents
      draft.content = first ? find(first) : null
      draft.more = rest.map(find)
    } else {
      draft.content = find(last.content)
      draft.styles = last.styles.map(({ picture, weight, scale, mask }) => ({ picture: find(picture), weight, scale, mask: mask ?? null }))
      draft.beginning = last.initialPicture ? find(last.initialPicture) : null
      if (last.styleLayers) draft.styleLayers = last.styleLayers
      if (last.contentLayers) draft.contentLayers = last.contentLayers
    }
  }, { immediate: true })

  const begin = async (): Promise<void> => { if (recipe.value) await synthesis.start(recipe.value) }
  const branch = async (step: number): Promise<void> => { if (recipe.value && view.value) await synthesis.start(recipe.value, { run: view.value.run.id, step }) }

  return { paintsItself, view, recipe, suggested, forecast, begin, branch }
}
