/** What a dream has made: its full picture or film, and the ways to keep it. */
import { computed, ref, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { saveBlob } from '#renderer/api/download.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useJobs } from '#renderer/stores/jobs.ts'
import { useSynthesis } from '#renderer/stores/synthesis.ts'
import type { RunView } from '#renderer/stores/synthesis.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import type { FilmContainer } from './save-film.ts'

export function useResult(view: ComputedRef<RunView | null>) {
  const { client } = useEngine()
  const synthesis = useSynthesis()
  const jobs = useJobs()
  const toasts = useToasts()
  const full = shallowRef<{ readonly run: string; readonly blob: Blob } | null>(null)
  const saving = ref<string | null>(null)

  /** The item that is shown: a film before its last frame. */
  const item = computed(() => {
    const items = view.value?.run.items ?? []
    return items.find(({ name }) => name === 'film') ?? items.find(({ name }) => name === 'dream') ?? null
  })

  watch(() => [view.value?.run.id, item.value?.name] as const, async ([run, name]) => {
    full.value = null
    if (run === undefined || name === undefined) return
    try {
      const { data } = await client.synthesis.result({ run, item: name })
      if (view.value?.run.id === run && item.value?.name === name) full.value = { run, blob: data }
    } catch (error) {
      toasts.pushError(error)
    }
  }, { immediate: true })

  async function save(format: 'png' | 'tiff16' | 'gif' | 'webp' | FilmContainer): Promise<void> {
    const run = view.value?.run.id
    if (run === undefined || saving.value !== null) return
    saving.value = format
    try {
      if (format === 'png') await synthesis.save(run, 'dream')
      else if (format === 'tiff16') await synthesis.save(run, 'dream', 'tiff16')
      else if (format === 'webp' || format === 'gif') await synthesis.save(run, format === 'webp' ? 'film' : 'film-gif')
      else await saveFilm(run, format)
    } catch (error) {
      toasts.pushError(error)
    } finally {
      saving.value = null
    }
  }

  /** The film as the engine keeps it, encoded once more by this machine. */
  async function saveFilm(run: string, container: FilmContainer): Promise<void> {
    const job = jobs.startLocal(container === 'mp4' ? 'Making an MP4' : 'Making a WebM')
    const { encodeFilm, NoEncoder } = await import('./save-film.ts')
    try {
      const { data, name } = await client.synthesis.result({ run, item: 'film' })
      const film = await encodeFilm(data, container, { signal: job.signal, onFrame: (done, frames) => job.update(done / frames, `frame ${done} of ${frames}`) })
      saveBlob(name.replace(/\.\w+$/, `.${container}`), film)
    } catch (error) {
      if (!(error instanceof NoEncoder)) throw error
      toasts.push('error', error.message, { title: 'Save as WebP', run: () => void synthesis.save(run, 'film') })
    } finally {
      job.finish()
    }
  }

  return { full, item, saving, save }
}

export type DreamResult = ReturnType<typeof useResult>
