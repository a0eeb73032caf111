/** The layer and unit that every workspace looks at: a unit picked anywhere is the unit everywhere. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useRoute } from './route.ts'
import { useSession } from './session.ts'

export const useSelection = defineStore('selection', () => {
  const session = useSession()
  const route = useRoute()
  const layerId = ref<string | null>(route.query['layer'] ?? null)
  const unit = ref<number | null>(parseUnit(route.query['unit']))

  /** The selected layer of the open model, or null. */
  const layer = computed(() => (layerId.value === null ? null : (session.layersById.get(layerId.value) ?? null)))

  function select(nextLayer: string | null, nextUnit: number | null = null): void {
    layerId.value = nextLayer
    unit.value = nextLayer === null ? null : nextUnit
  }

  watch(() => session.model, (model) => {
    if (model !== null && layerId.value !== null && !session.layersById.has(layerId.value)) select(null)
  })
  watch([layerId, unit], () => {
    const { layer: _layer, unit: _unit, ...rest } = route.query
    route.replaceQuery({
      ...rest,
      ...(layerId.value === null ? {} : { layer: layerId.value }),
      ...(unit.value === null ? {} : { unit: String(unit.value) }),
    })
  })
  watch(() => [route.query['layer'], route.query['unit']] as const, ([nextLayer, nextUnit]) => select(nextLayer ?? null, parseUnit(nextUnit)))

  return { layerId, unit, layer, select }
})

function parseUnit(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}
