/** What the parts of Explore share: which blocks are folded, how the net is laid out, what is pointed at. */
import { computed, inject, provide, ref, shallowRef, watch } from 'vue'
import type { InjectionKey } from 'vue'
import type { WallHit } from '#renderer/scenes/network/network-scene.ts'
import type { SheetScale } from '#renderer/scenes/network/wall-sheet.ts'
import { allFolded, maxItems, mostUnfolded, openingFolds, reveal, toggleFold } from '#renderer/scenes/network-layout/folding.ts'
import type { Folds } from '#renderer/scenes/network-layout/folding.ts'
import { layoutNetwork } from '#renderer/scenes/network-layout/network-layout.ts'
import type { StageRoom } from '#renderer/scenes/network-layout/network-layout.ts'
import { buildTree } from '#renderer/scenes/network-layout/network-tree.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import type { GraphItem } from '#renderer/scenes/network-layout/visible-graph.ts'
import { walk } from '#renderer/scenes/network-layout/walk.ts'
import type { WalkDirection } from '#renderer/scenes/network-layout/walk.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useToasts } from '#renderer/stores/toasts.ts'

export type ExploreMode = '3d' | 'graph' | 'both'
export type ExploreState = ReturnType<typeof createExploreState>

const key: InjectionKey<ExploreState> = Symbol('explore')

export function provideExplore(): ExploreState {
  const state = createExploreState()
  provide(key, state)
  return state
}

export function useExplore(): ExploreState {
  const state = inject(key, null)
  if (state === null) throw new Error('useExplore() needs provideExplore() above it.')
  return state
}

function createExploreState() {
  const session = useSession()
  const selection = useSelection()
  const toasts = useToasts()
  const mode = ref<ExploreMode>('3d')
  const scale = ref<SheetScale>('map')
  const showArcs = ref(true)
  const hovered = shallowRef<WallHit>()
  /** The stage the layout shall fill, in steps: a drag of the window's edge does not rearrange the net. */
  const room = shallowRef<StageRoom>({ width: 960, height: 640, tail: 0 })
  const folds = shallowRef<Folds>(new Set())

  const structure = computed(() => session.model?.structure ?? { layers: [], groups: [] })
  const tree = computed(() => buildTree(structure.value))
  watch(tree, (next) => { folds.value = openingFolds(next) }, { immediate: true, flush: 'sync' })
  const graph = computed(() => visibleGraph(tree.value, folds.value))
  const layout = computed(() => layoutNetwork(graph.value, room.value))

  const selectedItem = computed<GraphItem | undefined>(() => {
    const index = selection.layerId === null ? undefined : graph.value.itemOf.get(selection.layerId)
    return index === undefined ? undefined : graph.value.items[index]
  })
  const selected = computed<WallHit | undefined>(() => (
    selectedItem.value === undefined ? undefined : { item: selectedItem.value.id, unit: selection.unit ?? undefined }
  ))
  const foldable = computed(() => tree.value.groups.size > 0)
  const anyFolded = computed(() => graph.value.items.some((item) => item.folded))

  function selectItem(id: string, unit?: number): void {
    const item = graph.value.items.find((candidate) => candidate.id === id)
    if (item !== undefined) selection.select(item.layer.id, unit ?? null)
  }

  /** Selects a layer wherever it is, unfolding what hides it. */
  function goTo(layer: string, unit?: number): void {
    const before = folds.value
    folds.value = reveal(tree.value, before, layer)
    const hidden = !graph.value.items.some(({ id }) => id === layer)
    // Too much is open to open this as well: fold the rest.
    if (hidden) folds.value = reveal(tree.value, allFolded(tree.value), layer)
    selection.select(layer, unit ?? null)
  }

  /** Folds or unfolds the block of an item; says whether anything changed. */
  function toggle(item: GraphItem): boolean {
    if (item.group === undefined) return false
    const before = folds.value
    folds.value = toggleFold(tree.value, before, item.group)
    if (folds.value === before) toasts.push('info', `Unfolding ‘${item.title}’ would show more than ${maxItems} walls at once. Fold another block first.`)
    return folds.value !== before
  }

  function step(direction: WalkDirection): void {
    const { items, itemOf } = graph.value
    const from = selection.layerId === null ? undefined : itemOf.get(selection.layerId)
    const to = items[from === undefined ? (direction === 'last' ? items.length - 1 : 0) : walk(graph.value, layout.value, from, direction)]
    if (to !== undefined) selection.select(to.layer.id)
  }

  return {
    mode, scale, showArcs, hovered, room, folds, tree, graph, layout, selectedItem, selected, foldable, anyFolded, selectItem, goTo, toggle, step,
    foldAll: () => { folds.value = allFolded(tree.value) },
    unfoldAll: () => { folds.value = mostUnfolded(tree.value) },
    foldAsOpened: () => { folds.value = openingFolds(tree.value) },
  }
}
