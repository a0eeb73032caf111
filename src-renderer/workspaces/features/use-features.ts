/** The open model's layers, and the pictures made for their units by any run so far. */
import { computed, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { Layer } from '#contract/graph.ts'
import type { SynthesisItem, SynthesisRun } from '#contract/synthesis.ts'
import { useSession } from '#renderer/stores/session.ts'
import { isGoingOn, useSynthesis } from '#renderer/stores/synthesis.ts'
import { classLayer, runsMaking, unitCount } from './unit-targets.ts'

export interface MadePicture {
  readonly run: SynthesisRun
  readonly blob: Blob
  readonly width: number
  readonly height: number
  /** Absent while it is in the making. */
  readonly item?: SynthesisItem
  readonly step?: number
}

export function useFeatures() {
  const session = useSession()
  const synthesis = useSynthesis()
  const layers = computed(() => (session.model?.structure.layers ?? []).filter((layer) => layer.kind !== 'input' && layer.kind !== 'output' && unitCount(layer) > 0))
  const classes = computed(() => classLayer(layers.value, session.labels))
  const runs = computed(() => synthesis.runsOf('features').filter(({ recipe }) => recipe.model.sha256 === session.model?.model))
  const labelOf = (layer: Layer, unit: number): string | undefined => (layer.id === classes.value?.id ? (session.labels[unit] ?? `class ${unit}`) : undefined)
  return { layers, classes, runs, labelOf }
}

/** The newest picture of each of those names, finished or not. Runs that hold one are listened to. */
export function usePictures(runs: ComputedRef<readonly SynthesisRun[]>, names: ComputedRef<readonly string[]>): ComputedRef<ReadonlyMap<string, MadePicture>> {
  const synthesis = useSynthesis()
  const making = computed(() => runsMaking(runs.value, names.value))
  watch(() => making.value.map(({ id }) => id).join(), () => { for (const { id } of making.value) if (!synthesis.views.has(id)) void synthesis.follow(id) }, { immediate: true })
  return computed(() => {
    const found = new Map<string, MadePicture>()
    for (const name of names.value) {
      for (const { id } of making.value) {
        const view = synthesis.views.get(id)
        const [done, preview] = [view?.items.get(name), view?.previews.get(name)]
        if (view === undefined) continue
        if (preview !== undefined && isGoingOn(view.run)) { found.set(name, { run: view.run, ...preview }); break }
        if (done?.picture) { found.set(name, { run: view.run, blob: done.picture, width: done.item.width ?? 1, height: done.item.height ?? 1, item: done.item }); break }
      }
    }
    return found
  })
}
