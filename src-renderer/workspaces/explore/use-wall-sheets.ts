/** Streams the maps of what is drawn: the selected layer first, then what is nearest to the middle of the view. */
import { onActivated, onDeactivated, onScopeDispose, watch } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import { project } from '#renderer/three/projector.ts'
import type { TileSheet } from '#renderer/scenes/network/wall-sheet.ts'
import type { GraphItem } from '#renderer/scenes/network-layout/visible-graph.ts'
import { mapsOf } from '#renderer/scenes/network-layout/wall-size.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import type { ExploreState } from './explore-state.ts'
import { fetchSheet } from './sheet-source.ts'
import type { NetworkView } from './use-network-scene.ts'

/** The engine answers one after the other; two requests keep it busy while an answer travels. */
const concurrency = 2

export function useWallSheets(explore: ExploreState, { stage, scene, closeItem }: Pick<NetworkView, 'stage' | 'scene' | 'closeItem'>): void {
  const { client } = useEngine()
  const session = useSession()
  const toasts = useToasts()
  /** By layer id, of the present run: folded and unfolded blocks share what was fetched. */
  let sheets = new Map<string, TileSheet | undefined>()
  const pending = new Set<string>()
  let stale = new AbortController()
  let detailAbort = new AbortController()
  let detailed: string | undefined

  /** Away from Explore nothing is fetched: the engine has other work then. */
  let active = true
  onActivated(() => { active = true; pump(); void loadDetail() })
  onDeactivated(() => { active = false })

  const ready = () => (session.forward === null || session.forwardLoading ? null : session.run)

  function nextItem(): GraphItem | undefined {
    const made = stage.value
    const drawn = scene.value
    if (made === null || drawn === null) return undefined
    const waiting = explore.graph.value.items.filter(({ layer }) => layer.view.type !== 'none' && !sheets.has(layer.id) && !pending.has(layer.id))
    const selectedId = explore.selectedItem.value?.id
    const urgency = (item: GraphItem): number => {
      if (item.id === selectedId) return -1
      const place = drawn.placeOf(item.id)
      if (place === undefined) return Infinity
      const { x, y } = project(place, made.camera, made.extent)
      return Math.hypot(x / made.extent.width - 0.5, y / made.extent.height - 0.5)
    }
    const ranked = waiting.map((item) => ({ item, rank: urgency(item) })).sort((a, b) => a.rank - b.rank)
    return ranked[0]?.item
  }

  function show(layer: string): void {
    const sheet = sheets.get(layer)
    if (sheet === undefined) return
    for (const item of explore.graph.value.items) if (item.layer.id === layer) scene.value?.setSheet(item.id, sheet)
  }

  function pump(): void {
    const run = ready()
    while (active && run !== null && pending.size < concurrency) {
      const item = nextItem()
      if (item === undefined) return
      void load(item, run, stale.signal)
    }
  }

  async function load(item: GraphItem, run: { model: string; picture: string }, signal: AbortSignal): Promise<void> {
    const { id } = item.layer
    pending.add(id)
    try {
      const sheet = await fetchSheet(client, { model: run.model, picture: run.picture }, item.layer, false, signal)
      if (signal.aborted) return
      sheets.set(id, sheet)
      show(id)
    } catch (error) {
      // One message, not one a layer; a wall that cannot be filled stays empty.
      if (!signal.aborted) { sheets.set(id, undefined); if (toFailure(error).kind === 'bug') toasts.pushError(error) }
    } finally {
      if (!signal.aborted) { pending.delete(id); pump() }
    }
  }

  /** All maps of the selected layer, sharper, once it is seen from near. */
  async function loadDetail(): Promise<void> {
    const item = explore.graph.value.items.find(({ id }) => id === closeItem.value)
    const run = ready()
    detailAbort.abort()
    if (detailed !== undefined && detailed !== item?.id) { scene.value?.setDetail(detailed, undefined); detailed = undefined }
    if (!active || item === undefined || run === null || mapsOf(item.layer) === undefined) return
    detailAbort = new AbortController()
    const { signal } = detailAbort
    try {
      const sheet = await fetchSheet(client, { model: run.model, picture: run.picture }, item.layer, true, signal)
      if (signal.aborted || sheet === undefined) return
      scene.value?.setDetail(item.id, sheet)
      detailed = item.id
    } catch (error) {
      if (!signal.aborted && toFailure(error).kind === 'bug') toasts.pushError(error)
    }
  }

  function restart(): void {
    stale.abort()
    stale = new AbortController()
    pending.clear()
    sheets = new Map()
    pump()
    void loadDetail()
  }

  watch(() => JSON.stringify(ready()), restart)
  watch([explore.graph, scene], () => {
    for (const layer of sheets.keys()) show(layer)
    pump()
  }, { flush: 'post', immediate: true })
  watch(() => explore.selectedItem.value?.id, pump)
  watch(closeItem, () => void loadDetail())
  onScopeDispose(() => { stale.abort(); detailAbort.abort() })
}
