/** Draws the strongest links of the selected unit. */
import { computed, watch } from 'vue'
import type { ShallowRef } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import type { UnitArc } from '#renderer/scenes/network/arcs.ts'
import type { NetworkScene } from '#renderer/scenes/network/network-scene.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { ExploreState } from './explore-state.ts'

const drawnLinks = 6

export function useUnitArcs(explore: ExploreState, scene: Readonly<ShallowRef<NetworkScene | null>>): void {
  const { client } = useEngine()
  const session = useSession()
  const selection = useSelection()
  const question = computed(() => (
    session.model === null || selection.layerId === null || selection.unit === null || !explore.showArcs.value
      ? null : { model: session.model.model, layer: selection.layerId, unit: selection.unit, count: drawnLinks }
  ))
  const links = useQuery(question, (asked, signal) => client.activations.links(asked, { signal }))

  const arcs = computed<readonly UnitArc[]>(() => {
    const here = explore.selected.value
    const answer = links.data.value
    const unit = selection.unit
    if (here === undefined || unit === null || answer === null) return []
    const { items, itemOf } = explore.graph.value
    const itemId = (layer: string) => items[itemOf.get(layer) ?? -1]?.id
    const strongest = Math.max(1e-12, ...answer.incoming.map(({ norm }) => norm), ...answer.outgoing.map(({ norm }) => norm))
    const toArc = (incoming: boolean) => ({ layer, unit: other, norm }: { layer: string; unit: number; norm: number }): UnitArc[] => {
      const item = itemId(layer)
      if (item === undefined || item === here.item) return []
      const [mine, theirs] = [{ item: here.item, unit }, { item, unit: other }]
      return [{ from: incoming ? theirs : mine, to: incoming ? mine : theirs, strength: norm / strongest }]
    }
    return [...answer.incoming.flatMap(toArc(true)), ...answer.outgoing.flatMap(toArc(false))]
  })
  watch([arcs, scene], () => scene.value?.setArcs(arcs.value), { immediate: true, flush: 'post' })
}
