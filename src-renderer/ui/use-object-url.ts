import { onScopeDispose, shallowRef, toValue, watch } from 'vue'
import type { MaybeRefOrGetter, ShallowRef } from 'vue'
import { asPng } from '#renderer/api/tensors.ts'

/** An address for a picture in memory, released when it changes or the component goes. */
export function useObjectUrl(blob: MaybeRefOrGetter<Blob | null | undefined>): Readonly<ShallowRef<string | undefined>> {
  const url = shallowRef<string>()
  const release = (): void => { if (url.value !== undefined) URL.revokeObjectURL(url.value) }
  watch(() => toValue(blob), (next) => {
    release()
    url.value = next === null || next === undefined ? undefined : URL.createObjectURL(asPng(next))
  }, { immediate: true })
  onScopeDispose(release)
  return url
}
