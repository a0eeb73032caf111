/** The mixture that is being put together, kept while the application is open. */
import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { useSession } from '#renderer/stores/session.ts'
import type { Manner, Mixture, Part } from './mixture.ts'

export const mostParts = 8
/** Of a row, pictures. */
export const rowCounts = { least: 3, most: 9, usual: 5 } as const

export const useMixtureDraft = defineStore('feature-mixture', () => {
  const session = useSession()
  const parts = shallowRef<readonly Part[]>([])
  const manner = ref<Manner>('sum')
  const count = ref<number>(rowCounts.usual)
  const aligned = ref(true)

  /** Once each. */
  function add(part: Part): void {
    if (parts.value.length < mostParts && !parts.value.some(({ layer, unit }) => layer.id === part.layer.id && unit === part.unit)) parts.value = [...parts.value, part]
  }
  const weigh = (at: number, weight: number): void => { parts.value = parts.value.map((part, each) => (each === at ? { ...part, weight } : part)) }
  const remove = (at: number): void => { parts.value = parts.value.filter((_, each) => each !== at) }
  function take(mixture: Mixture): void {
    parts.value = mixture.parts.slice(0, mostParts)
    manner.value = mixture.manner
    if (mixture.manner === 'row') count.value = Math.min(rowCounts.most, Math.max(rowCounts.least, mixture.count))
    aligned.value = mixture.aligned
  }
  // Another model has other units.
  watch(() => session.model?.model, () => { parts.value = [] })

  return { parts, manner, count, aligned, add, weigh, remove, take }
})
