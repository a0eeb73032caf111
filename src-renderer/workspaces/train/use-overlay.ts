/** A second run, or a TensorBoard file, drawn over the one that is looked at. */
import { computed, ref, shallowRef, watch } from 'vue'
import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { RunDetail } from '#contract/training.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import { useTraining } from '#renderer/stores/training.ts'
import { fileName } from './recipe-words.ts'
import { overlayOfRun, overlayOfScalars } from './run/curves.ts'
import type { Overlay } from './run/curves.ts'

export const noOverlay = '(none)'
export const fileOverlay = '(file)'

export interface OverlayChoice {
  readonly chosen: Ref<string>
  readonly overlay: ComputedRef<Overlay | null>
  readonly run: Readonly<ShallowRef<RunDetail | null>>
  readonly readFile: (path: string) => Promise<void>
}

export function useOverlay(): OverlayChoice {
  const { client } = useEngine()
  const training = useTraining()
  const toasts = useToasts()
  const chosen = ref(noOverlay)
  const scalars = shallowRef<{ name: string; curves: Awaited<ReturnType<typeof client.training.tensorboard>> } | null>(null)

  const run = useQuery(() => (chosen.value === noOverlay || chosen.value === fileOverlay ? null : { run: chosen.value }), (question, signal) => client.training.run(question, { signal }))
  const overlay = computed(() => {
    if (chosen.value === fileOverlay && scalars.value !== null) return overlayOfScalars(scalars.value.name, scalars.value.curves, training.detail?.stepsPerEpoch ?? 1)
    return run.data.value === null ? null : overlayOfRun(run.data.value)
  })

  async function readFile(path: string): Promise<void> {
    try {
      scalars.value = { name: fileName(path), curves: await client.training.tensorboard({ path }) }
      chosen.value = fileOverlay
      if (overlay.value !== null && overlay.value.loss.length + overlay.value.score.length === 0) toasts.push('warning', `None of its scalars is a loss or an accuracy by its name: ${scalars.value.curves.map(({ tag }) => tag).slice(0, 6).join(', ')}.`)
    } catch (error) {
      toasts.pushError(error)
      chosen.value = noOverlay
    }
  }

  // An accuracy says nothing beside an R².
  watch([() => training.detail?.summary, () => run.data.value?.summary] as const, ([mine, other]) => {
    if (chosen.value === mine?.id || (mine?.measure !== undefined && other?.measure !== undefined && mine.measure !== other.measure)) chosen.value = noOverlay
  })
  return { chosen, overlay, run: run.data, readFile }
}
