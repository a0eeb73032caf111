/** The open model, the open picture and the model's answer: what every workspace shares. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ForwardResult } from '#contract/activations.ts'
import type { OpenModel, Picture } from '#contract/models.ts'
import type { Preprocessing, PreprocessingRecord } from '#contract/preprocessing.ts'
import type { FileSource } from '#contract/wire.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import type { Failure } from '#renderer/api/errors.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useConnection } from './connection.ts'
import { useToasts } from './toasts.ts'

/** A guess less sure than this is made again with every further picture, from all of them. */
const sureOfGuess = 0.9
const isUnsure = (record: PreprocessingRecord | undefined): boolean => record?.source === 'guessed' && (record.candidates[0]?.score ?? 0) < sureOfGuess

export const useSession = defineStore('session', () => {
  const { client } = useEngine()
  const connection = useConnection()
  const toasts = useToasts()

  const model = shallowRef<OpenModel | null>(null)
  const picture = shallowRef<Picture | null>(null)
  /** What is being opened, for the chips: its name, or null. */
  const openingModel = ref<string | null>(null)
  const openingPicture = ref<string | null>(null)
  const modelFailure = shallowRef<Failure | null>(null)
  /** Grows when the same model answers differently: it was opened again, or its preprocessing changed. */
  const revision = ref(0)

  const layersById = computed(() => new Map((model.value?.structure.layers ?? []).map((layer) => [layer.id, layer])))
  const labels = computed<readonly string[]>(() => model.value?.preprocessing?.preprocessing.labels ?? [])
  /** Nobody has said yet how this model wants its pictures: it is guessed from the first one, before anything is made of it. */
  const preprocessingUnknown = computed(() => {
    const record = model.value?.preprocessing
    return record?.source === 'guessed' && record.candidates.length === 0
  })
  const guessing = ref(false)
  /** Handles for calls that need both; null while one is missing or cannot be run. `revision` makes it differ when the answer would. */
  const run = computed(() => {
    if (model.value === null || picture.value === null || model.value.summary.notRunnable !== undefined || preprocessingUnknown.value) return null
    return { model: model.value.model, picture: picture.value.picture, revision: revision.value }
  })

  const forwardQuery = useQuery<{ model: string; picture: string; revision: number }, ForwardResult>(
    run,
    ({ model: modelId, picture: pictureId }, signal) => client.activations.run({ model: modelId, picture: pictureId }, { signal }),
    { keepPrevious: true },
  )
  // The first picture settles a guess: what is shown of the record follows what was used.
  watch(forwardQuery.data, (answer) => {
    if (model.value !== null && answer?.preprocessing !== undefined && !forwardQuery.loading.value) model.value = { ...model.value, preprocessing: answer.preprocessing }
  }, { flush: 'post' })
  watch(forwardQuery.failure, (failure) => { if (failure !== null) toasts.push('error', failure.message) })

  let modelTurn = 0
  let pictureTurn = 0

  /** Opens a model; the engine keeps a few of those before it, and closes the others. Returns whether it is open now. */
  async function openModel(source: FileSource, name = nameOf(source)): Promise<boolean> {
    const turn = ++modelTurn
    openingModel.value = name
    modelFailure.value = null
    try {
      const opened = await client.models.open({ source })
      if (turn !== modelTurn) return false
      model.value = opened
      revision.value += 1
      return true
    } catch (error) {
      if (turn === modelTurn) {
        const failure = toFailure(error)
        if (failure.kind !== 'cancelled' && failure.kind !== 'lost') modelFailure.value = failure
        toasts.pushError(error)
      }
      return false
    } finally {
      if (turn === modelTurn) openingModel.value = null
    }
  }

  /** `accept` may refuse a picture that is not to be looked at, such as one of our own results. */
  async function openPicture(source: FileSource, name = nameOf(source), accept: (opened: Picture) => boolean = () => true): Promise<boolean> {
    const turn = ++pictureTurn
    openingPicture.value = name
    try {
      const opened = await client.pictures.open({ source })
      if (turn !== pictureTurn || !accept(opened)) return false
      picture.value = opened
      return true
    } catch (error) {
      if (turn === pictureTurn) toasts.pushError(error)
      return false
    } finally {
      if (turn === pictureTurn) openingPicture.value = null
    }
  }

  /** Tries the usual recipes on the open picture (and those before it). Does nothing without both. */
  async function guessPreprocessing(): Promise<void> {
    const [open, shown] = [model.value, picture.value]
    if (open === null || shown === null) return
    guessing.value = true
    try {
      const record = await client.models.guessPreprocessing({ model: open.model, picture: shown.picture })
      if (model.value?.model !== open.model) return
      const before = model.value.preprocessing
      model.value = { ...model.value, preprocessing: record }
      if (JSON.stringify(before?.preprocessing) !== JSON.stringify(record.preprocessing)) revision.value += 1
    } catch (error) {
      if (model.value?.model === open.model) toasts.pushError(error)
    } finally {
      if (model.value?.model === open.model) guessing.value = false
    }
  }
  watch([preprocessingUnknown, () => picture.value?.picture, () => model.value?.model], ([unknown, shown], [, shownBefore]) => {
    const isNews = unknown || (shown !== shownBefore && isUnsure(model.value?.preprocessing))
    if (isNews && model.value?.summary.notRunnable === undefined) void guessPreprocessing()
  })

  /** Confirms or changes how pictures are prepared; everything is asked again. */
  async function setPreprocessing(preprocessing: Preprocessing): Promise<boolean> {
    const open = model.value
    if (open === null) return false
    try {
      const { record, savedTo } = await client.models.setPreprocessing({ model: open.model, preprocessing })
      if (model.value?.model !== open.model) return false
      model.value = { ...open, preprocessing: record }
      revision.value += 1
      toasts.push('success', `Saved to ${savedTo}.`)
      return true
    } catch (error) {
      toasts.pushError(error)
      return false
    }
  }

  /** Opens the bundled model and picture, so that there is something alive to look at. */
  async function openSamples(): Promise<void> {
    try {
      const [modelSamples, pictureSamples] = await Promise.all([client.models.samples(), client.pictures.samples()])
      const [firstModel, firstPicture] = [modelSamples[0], pictureSamples[0]]
      await Promise.all([
        firstModel === undefined || model.value !== null || openingModel.value !== null ? undefined : openModel({ kind: 'sample', id: firstModel.id }, firstModel.title),
        firstPicture === undefined || picture.value !== null || openingPicture.value !== null ? undefined : openPicture({ kind: 'sample', id: firstPicture.id }, firstPicture.title),
      ])
    } catch (error) {
      toasts.pushError(error)
    }
  }

  connection.onReopen(async () => {
    const [modelSource, pictureSource] = [model.value?.source, picture.value?.source]
    await Promise.all([
      modelSource === undefined ? undefined : openModel(modelSource),
      pictureSource === undefined ? undefined : openPicture(pictureSource),
    ])
  })

  return {
    model, picture, openingModel, openingPicture, modelFailure, revision, layersById, labels, run, preprocessingUnknown, guessing,
    forward: forwardQuery.data, forwardLoading: forwardQuery.loading, forwardFailure: forwardQuery.failure,
    openModel, openPicture, guessPreprocessing, setPreprocessing, openSamples,
  }
})

function nameOf(source: FileSource): string {
  switch (source.kind) {
    case 'path': return source.path.split(/[\\/]/).at(-1) ?? source.path
    case 'catalogue': return source.name
    default: return source.id
  }
}
