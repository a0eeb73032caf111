/** What is to be dreamt and how, as it is being chosen, and the recipe that it makes. A dream that goes on follows every change. */
import { useDebounceFn } from '@vueuse/core'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { DreamLayer, DreamRecipe, DreamSettings, DreamTarget } from '#contract/dream.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useSession } from '#renderer/stores/session.ts'
import { isGoingOn, useSynthesis } from '#renderer/stores/synthesis.ts'
import { readChannels } from './read-channels.ts'
import type { ChannelChoice } from './read-channels.ts'
import type { PaintedMask } from '#renderer/ui/use-mask.ts'

export interface ChosenTarget {
  /** Of the list, not of the model. */
  readonly key: number
  layer: string
  weight: number
  choice: ChannelChoice
  /** How many of the strongest or weakest. */
  count: number
  /** Numbers of chosen channels, as they were typed. */
  channels: string
}

export interface Guide extends FileReference { readonly thumbnail: Blob | null }

const initial = { octaves: 4, scale: 1.4, steps: 10, stepSize: 1.5, jitter: 32, smoothing: 0, pyramid: 0 }
const initialLook = { balance: 0, evenness: 0, natural: 0 }
const usualZoom = { frames: 60, share: 0.05, steps: 4 }
const usualCount = 8
/** Changes are sent when nothing was changed for that long. */
const steeringDelayMs = 250

export function useDream(mask: PaintedMask) {
  const { client } = useEngine()
  const session = useSession()
  const synthesis = useSynthesis()
  const model = computed(() => (session.model === null || session.model.summary.notRunnable !== undefined || session.model.preprocessing === undefined || session.preprocessingUnknown ? null : { model: session.model.model, revision: session.revision }))
  const layers = useQuery(model, (question, signal) => client.dream.layers({ model: question.model }, { signal }))
  const source = useQuery(() => (session.picture === null ? null : { picture: session.picture.picture }), (question, signal) => client.dream.picture(question, { signal }))

  const targets = ref<ChosenTarget[]>([])
  const how = reactive({ ...initial })
  const look = reactive({ ...initialLook })
  const originalColors = ref(false)
  /** Longer side in pixels, as typed; empty: as the picture is. */
  const size = ref('')
  const guide = shallowRef<Guide | null>(null)
  const filming = ref(false)
  const zoom = reactive({ ...usualZoom })
  const seed = ref(0)
  const starting = ref(false)
  /** Of a recipe that is followed, once its model's layers are known. */
  let followed: DreamRecipe | null = null
  let keys = 0

  const view = computed(() => synthesis.shown('dream'))
  const goingOn = computed(() => view.value !== null && isGoingOn(view.value.run))
  const layerOf = (id: string): DreamLayer | undefined => layers.data.value?.layers.find((layer) => layer.id === id)

  const targetOf = (layer: string): ChosenTarget => ({ key: keys++, layer, weight: 1, choice: 'all', count: usualCount, channels: '' })
  /** The layer behind the last one that is not dreamt of yet, or before it. */
  function addTarget(): void {
    const all = layers.data.value?.layers.map(({ id }) => id) ?? []
    const taken = new Set(targets.value.map(({ layer }) => layer))
    const at = all.indexOf(targets.value.at(-1)?.layer ?? '')
    const next = [...all.slice(at + 1), ...all.slice(0, at + 1).toReversed()].find((id) => !taken.has(id))
    if (next !== undefined) targets.value = [...targets.value, targetOf(next)]
  }
  const removeTarget = (key: number): void => { targets.value = targets.value.filter((target) => target.key !== key) }

  /** What is usual for the model; sizes and colors are the person's. */
  function suggest(): void {
    const answer = layers.data.value
    targets.value = answer === null ? [] : [targetOf(answer.suggested)]
    const { balance, evenness, natural, ...usual } = { ...initialLook, ...answer?.usual }
    Object.assign(how, initial, usual)
    Object.assign(look, { balance, evenness, natural })
  }
  function reset(): void {
    suggest()
    originalColors.value = false
    size.value = ''
  }
  watch(layers.data, (answer) => {
    if (answer === null) return
    suggest()
    if (followed) apply(followed)
  }, { immediate: true })

  /** Pixels; undefined where nothing is typed, null where it is no size. */
  const sizeInPixels = computed(() => (size.value.trim() === '' ? undefined : /^\d+$/.test(size.value.trim()) && Number(size.value) >= 16 && Number(size.value) <= 16_384 ? Number(size.value) : null))

  /** What is missing before it can begin, in words; null where nothing is. */
  const missing = computed<string | null>(() => {
    if (session.picture === null) return 'Open a picture first.'
    if (targets.value.length === 0) return 'Choose a layer.'
    if (targets.value.every(({ weight }) => weight === 0)) return 'Give at least one layer a weight.'
    if (sizeInPixels.value === null) return 'The longer side is a whole number of pixels, 16 to 16384.'
    const wrong = targets.value.find((target) => target.choice === 'some' && readChannels(target.channels, layerOf(target.layer)?.channels ?? 0) === null)
    return wrong === undefined ? null : `Channels of ${layerOf(wrong.layer)?.title ?? wrong.layer} are numbers from 0 to ${(layerOf(wrong.layer)?.channels ?? 1) - 1}, separated by commas.`
  })

  function settingsOf({ layer, weight, choice, count, channels }: ChosenTarget): DreamTarget {
    const most = layerOf(layer)?.channels ?? 0
    if (choice === 'all') return { layer, weight }
    if (choice === 'some') return { layer, weight, channels: { kind: 'some', of: (readChannels(channels, most) ?? []).map((channel) => ({ channel, weight: 1 })) } }
    return { layer, weight, channels: { kind: choice, count: Math.min(count, most) } }
  }

  const settings = computed<DreamSettings | null>(() => {
    if (missing.value !== null || session.picture === null) return null
    return {
      picture: { sha256: session.picture.picture, name: session.picture.name }, targets: targets.value.map(settingsOf), ...how, ...look, edges: 'mirror', originalColors: originalColors.value, carry: 0, formats: ['webp', 'gif'],
      ...(sizeInPixels.value === undefined || sizeInPixels.value === null ? {} : { size: sizeInPixels.value }),
      ...(guide.value ? { guide: { sha256: guide.value.sha256, name: guide.value.name } } : {}),
      ...(mask.png.value === null ? {} : { mask: mask.png.value }), ...(filming.value ? { zoom: { ...zoom } } : {}),
    }
  })
  const recipe = computed<DreamRecipe | null>(() => (settings.value === null || session.model === null ? null : { kind: 'dream', model: { sha256: session.model.model, name: session.model.summary.name }, seed: seed.value, settings: settings.value }))

  async function start(from?: { readonly run: string; readonly step: number }): Promise<void> {
    if (recipe.value === null) return
    starting.value = true
    try {
      await synthesis.start(recipe.value, from)
    } finally {
      starting.value = false
    }
  }

  // Steering: only where the run is of what is open.
  const steer = useDebounceFn((id: string, changed: DreamSettings) => synthesis.control(id, { settings: { ...changed } }), steeringDelayMs)
  watch(() => JSON.stringify(settings.value), () => {
    const run = view.value?.run
    if (run === undefined || !goingOn.value || settings.value === null || run.recipe.kind !== 'dream') return
    if (run.recipe.model.sha256 !== session.model?.model || run.recipe.settings.picture.sha256 !== settings.value.picture.sha256) return
    void steer(run.id, settings.value)
  })

  function apply({ settings: from, seed: drawn }: DreamRecipe): void {
    followed = null
    seed.value = drawn
    if (from.targets) targets.value = from.targets.map(({ layer, weight, channels }) => ({
      ...targetOf(layers.data.value?.layers.find(({ id, title }) => id === layer || title === layer)?.id ?? layer), weight,
      choice: channels?.kind ?? 'all', count: channels && channels.kind !== 'some' ? channels.count : usualCount, channels: channels?.kind === 'some' ? channels.of.map(({ channel }) => channel).join(', ') : '',
    }))
    for (const key of ['octaves', 'scale', 'steps', 'stepSize', 'jitter', 'smoothing', 'pyramid'] as const) how[key] = from[key]
    for (const key of ['balance', 'evenness', 'natural'] as const) look[key] = from[key] ?? look[key]
    originalColors.value = from.originalColors
    size.value = from.size === undefined ? '' : String(from.size)
    guide.value = from.guide ? { ...from.guide, thumbnail: null } : null
    filming.value = from.zoom !== undefined
    if (from.zoom) Object.assign(zoom, from.zoom)
    void mask.load(from.mask ?? null)
  }
  /** As a recipe has it. */
  function follow(from: DreamRecipe): void {
    followed = from
    if (layers.data.value !== null) apply(from)
  }

  return { layers, source, targets, how, look, originalColors, size, guide, filming, zoom, seed, starting, view, goingOn, missing, recipe, layerOf, addTarget, removeTarget, reset, start, follow }
}

export type Dream = ReturnType<typeof useDream>
