/** The picture as the model sees it at one end of the net, and the picture it makes at the other. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { asPng } from '#renderer/api/tensors.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import type { NetworkScene } from '#renderer/scenes/network/network-scene.ts'
import { isPicture } from '#renderer/scenes/network-layout/wall-size.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { ExploreState } from './explore-state.ts'

export function useEndPictures(explore: ExploreState, scene: Readonly<ShallowRef<NetworkScene | null>>): void {
  const { client } = useEngine()
  const session = useSession()
  const seen = useQuery(() => session.run, ({ model, picture }, signal) => client.pictures.asSeenBy({ model, picture }, { signal }), { keepPrevious: true })

  const inputItem = computed(() => explore.graph.value.items.find(({ layer }) => layer.kind === 'input' && isPicture(layer))?.id)
  const outputItem = computed(() => {
    if (session.forward?.outputPicture === undefined) return undefined
    return explore.graph.value.items.findLast(({ layer }) => layer.view.type === 'maps' && (layer.view.channels === 3 || layer.view.channels === 1))?.id
  })
  const input = usePngBitmap(() => (session.model?.preprocessing === undefined ? undefined : seen.data.value?.png))
  const output = usePngBitmap(() => session.forward?.outputPicture)
  watch([scene, inputItem, input], () => scene.value?.setPicture('input', inputItem.value, input.value), { immediate: true, flush: 'post' })
  watch([scene, outputItem, output], () => scene.value?.setPicture('output', outputItem.value, output.value), { immediate: true, flush: 'post' })
}

/** A PNG, decoded; the last one stays until the next is ready. */
function usePngBitmap(png: () => Blob | undefined): Readonly<ShallowRef<ImageBitmap | undefined>> {
  const bitmap = shallowRef<ImageBitmap>()
  let turn = 0
  watch(png, async (blob) => {
    const mine = ++turn
    const next = blob === undefined ? undefined : await createImageBitmap(asPng(blob)).catch(() => undefined)
    if (mine === turn) bitmap.value = next
  }, { immediate: true })
  onScopeDispose(() => { turn++; bitmap.value?.close() })
  return bitmap
}
