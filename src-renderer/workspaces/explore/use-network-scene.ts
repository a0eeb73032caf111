/** Keeps the scene in step with the stores, and turns gestures into selections. */
import { nextTick, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { NetworkScene } from '#renderer/scenes/network/network-scene.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useSettings } from '#renderer/stores/settings.ts'
import { project } from '#renderer/three/projector.ts'
import { rayThrough } from '#renderer/three/picking.ts'
import type { Stage } from '#renderer/three/stage.ts'
import { useStage } from '#renderer/three/use-stage.ts'
import type { UsedStage } from '#renderer/three/use-stage.ts'
import type { ExploreState } from './explore-state.ts'
import { closeUp, overview, overviewInsets } from './framing.ts'
import type { Annex } from './framing.ts'
import { sceneColors } from './scene-colors.ts'
import { lineBoxes, stageLabels } from './stage-labels.ts'
import type { StageLabel } from './stage-labels.ts'

/** A map smaller than this on the screen (pixels) was not meant: the click takes the whole wall. */
const pickableTile = 9

export interface NetworkView extends UsedStage {
  readonly scene: Readonly<ShallowRef<NetworkScene | null>>
  readonly labels: Readonly<ShallowRef<readonly StageLabel[]>>
  /** Where the answer stands: the upper right corner of the last wall, stage pixels. */
  readonly answerAt: Readonly<ShallowRef<{ x: number; y: number } | null>>
  /** The selected item while it is seen from near. */
  readonly closeItem: Readonly<ShallowRef<string | undefined>>
  readonly frameAll: (immediately?: boolean) => void
  readonly zoomTo: (item: string) => void
  readonly pickAt: (x: number, y: number) => { item: string; unit: number | undefined } | undefined
}

export function useNetworkScene(canvas: Readonly<Ref<HTMLCanvasElement | null>>, explore: ExploreState, annex: () => Annex | undefined): NetworkView {
  const session = useSession()
  const settings = useSettings()
  const scene = shallowRef<NetworkScene | null>(null)
  const labels = shallowRef<readonly StageLabel[]>([])
  const answerAt = shallowRef<{ x: number; y: number } | null>(null)
  const closeItem = shallowRef<string>()

  const used = useStage(canvas, () => settings.reducedMotion, (stage) => {
    const made = new NetworkScene({ invalidate: stage.invalidate, animate: (ms, apply, done) => stage.animate(ms, apply, done) })
    stage.scene.add(made.root)
    stage.onFrame = () => placeLabels(stage, made)
    stage.onFirstFrame = (ms) => { stage.canvas.dataset['firstFrameMs'] = ms.toFixed(0) }
    stage.controls.addEventListener('start', () => { framed = false })
    scene.value = made
    return () => { made.dispose(); scene.value = null }
  })
  const { stage } = used
  /** The whole net is in view and stays so when the stage changes its size; until the user moves the camera. */
  let framed = true

  function placeLabels(made: Stage, drawn: NetworkScene): void {
    made.canvas.dataset['drawCalls'] = String(made.drawCalls)
    made.canvas.dataset['frames'] = String(made.frames)
    const beside = annex()
    const place = beside === undefined ? undefined : drawn.placeOf(beside.item)
    const at = place === undefined ? null : project({ x: place.x + place.width / 2, y: place.y + place.height / 2, z: place.z }, made.camera, made.extent)
    answerAt.value = at
    const card = at === null || beside === undefined ? [] : [{ left: at.x, right: at.x + beside.width, top: at.y, bottom: at.y + beside.height }]
    labels.value = stageLabels(explore.graph.value.items, {
      camera: made.camera, size: made.extent, placeOf: (item) => drawn.placeOf(item), hovered: explore.hovered.value?.item, selected: explore.selectedItem.value?.id,
      reserved: [...card, ...drawn.passages().flatMap(([from, to]) => lineBoxes(from, to, made.camera, made.extent))],
    })
    const selected = explore.selectedItem.value
    closeItem.value = selected !== undefined && drawn.seenClosely(selected.id, made.camera, made.extent) ? selected.id : undefined
  }

  function frameAll(immediately = false): void {
    if (stage.value === null || scene.value === null) return
    const view = overview(stage.value, scene.value, annex())
    if (view !== undefined) { stage.value.moveTo(view, immediately); framed = true }
  }

  function zoomTo(item: string): void {
    if (stage.value === null || scene.value === null) return
    const view = closeUp(stage.value, scene.value, item)
    if (view !== undefined) { stage.value.moveTo(view); framed = false }
  }

  function pickAt(x: number, y: number): { item: string; unit: number | undefined } | undefined {
    if (stage.value === null || scene.value === null) return undefined
    const hit = scene.value.pick(rayThrough(x, y, stage.value.camera, stage.value.extent))
    if (hit === undefined) return undefined
    const tile = scene.value.tileExtent(hit.item, stage.value.camera, stage.value.extent)
    return { item: hit.item, unit: tile >= pickableTile ? hit.unit : undefined }
  }

  // The layout follows the shape of the stage, in steps.
  const steps = (length: number): number => Math.max(200, Math.round(length / 80) * 80)
  watch([used.extent, () => annex()?.width], ([{ width, height }, tail]) => {
    if (width <= 1) return
    const next = { width: steps(width - overviewInsets.left - overviewInsets.right), height: steps(height - overviewInsets.top - overviewInsets.bottom), tail: tail ?? 0 }
    if (JSON.stringify(next) !== JSON.stringify(explore.room.value)) explore.room.value = next
    if (framed) frameAll(true)
  }, { immediate: true, flush: 'post' })
  // Another model: nothing of the one before may be seen.
  let shownModel: string | undefined
  watch([scene, explore.graph, explore.layout], ([drawn]) => {
    if (drawn === null) return
    const model = session.model?.model
    const fresh = model !== shownModel
    if (fresh) drawn.clearSheets()
    shownModel = model
    drawn.setData(explore.tree.value, explore.graph.value, explore.layout.value, { animated: !fresh })
    // Whoever looked at one wall goes on looking at it, wherever it is now.
    const looked = explore.selectedItem.value?.id
    if (fresh || framed || looked === undefined) frameAll(fresh)
    else zoomTo(looked)
  }, { immediate: true, flush: 'post' })
  watch([scene, () => settings.theme, () => settings.colorMap], async ([drawn]) => {
    await nextTick()
    drawn?.setColors(sceneColors(settings.theme, settings.colorMap))
  }, { immediate: true, flush: 'post' })
  watch([scene, explore.hovered, explore.selected, explore.scale], ([drawn, hovered, selected, scale]) => drawn?.setView({ hovered, selected, scale }), { immediate: true, flush: 'post' })
  watch(used.contextLost, (lost) => { if (!lost) scene.value?.resend() })
  // The answer takes its place beside the net once it is known.
  watch(() => annex()?.item, () => { if (framed) frameAll() }, { flush: 'post' })

  return { ...used, scene, labels, answerAt, closeItem, frameAll, zoomTo, pickAt }
}
