/** A stage for as long as a component lives; the only place where three.js and Vue meet. */
import { onActivated, onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import { Stage } from './stage.ts'
import type { StageSize } from './stage.ts'

export interface UsedStage {
  readonly stage: Readonly<ShallowRef<Stage | null>>
  /** Why there is no stage: the browser offers no WebGL 2. */
  readonly failure: Readonly<ShallowRef<string | null>>
  readonly contextLost: Readonly<ShallowRef<boolean>>
  /** Stage pixels. */
  readonly extent: Readonly<ShallowRef<StageSize>>
}

/** `build` runs once with the new stage; what it returns runs before the stage is disposed. */
export function useStage(canvas: Readonly<Ref<HTMLCanvasElement | null>>, reducedMotion: () => boolean, build: (stage: Stage) => () => void): UsedStage {
  const stage = shallowRef<Stage | null>(null)
  const failure = shallowRef<string | null>(null)
  const contextLost = shallowRef(false)
  const extent = shallowRef<StageSize>({ width: 1, height: 1 })
  let observer: ResizeObserver | undefined
  let tearDown: (() => void) | undefined

  const fit = (): void => {
    const parent = canvas.value?.parentElement
    if (parent === null || parent === undefined || stage.value === null) return
    stage.value.resize(parent.clientWidth, parent.clientHeight)
    extent.value = stage.value.extent
  }

  onMounted(() => {
    if (canvas.value === null) return
    try {
      const made = new Stage({ canvas: canvas.value, reducedMotion })
      made.onContextChange = (lost) => { contextLost.value = lost }
      stage.value = made
      fit()
      tearDown = build(made)
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error)
      return
    }
    observer = new ResizeObserver(fit)
    if (canvas.value.parentElement !== null) observer.observe(canvas.value.parentElement)
  })
  // A view kept alive has no size while it is away.
  onActivated(fit)
  onBeforeUnmount(() => {
    observer?.disconnect()
    tearDown?.()
    stage.value?.dispose()
    stage.value = null
  })
  return { stage, failure, contextLost, extent }
}
