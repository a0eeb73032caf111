/**
 * Owns a canvas: renderer, size, camera, controls and the loop. Draws only when something asked for it, or while a tween or the controls' damping runs.
 */
import { Object3D, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import { disposeTree } from './dispose.ts'
import type { View } from './fit-camera.ts'
import { createTween } from './tween.ts'
import type { Tween } from './tween.ts'

export interface StageSize { readonly width: number; readonly height: number }

export interface StageOptions {
  readonly canvas: HTMLCanvasElement
  /** Cap of the device pixel ratio; 1 suits software rendering. */
  readonly maxPixelRatio?: number
  readonly reducedMotion?: () => boolean
  readonly createRenderer?: (canvas: HTMLCanvasElement) => StageRenderer
  readonly requestFrame?: (callback: (now: number) => void) => number
  readonly cancelFrame?: (handle: number) => void
}

/** The part of WebGLRenderer that the stage uses; tests pass their own. */
export interface StageRenderer {
  setPixelRatio(ratio: number): void
  setSize(width: number, height: number, updateStyle?: boolean): void
  render(scene: Object3D, camera: PerspectiveCamera): void
  dispose(): void
  readonly info: { readonly render: { readonly calls: number; readonly triangles: number } }
}

const flightMs = 520
/** Share of the remaining movement spent in a sixtieth of a second. */
const damping = 0.12
const damped = (ms: number): number => 1 - Math.pow(1 - damping, Math.min(250, ms) / (1000 / 60))
/** Where a frame takes longer than this (ms), movement is drawn with fewer pixels; the last frame is sharp again. */
const slowFrame = 45
const slowFramesInRow = 3
const coarseRatio = 0.6
/** Below this movement per frame (share of the distance to the target) damping is over. */
const stillness = 3e-4

export class Stage {
  readonly scene = new Scene()
  readonly camera = new PerspectiveCamera(28, 1, 0.5, 4000)
  readonly controls: OrbitControls
  readonly canvas: HTMLCanvasElement
  frames = 0
  drawCalls = 0
  /** Called after every frame: place labels here. */
  onFrame: (() => void) | undefined
  onContextChange: ((lost: boolean) => void) | undefined
  /** Called once, with the milliseconds since construction. */
  onFirstFrame: ((ms: number) => void) | undefined
  private readonly renderer: StageRenderer
  private readonly options: StageOptions
  private readonly born = performance.now()
  private readonly tweens = new Set<Tween>()
  private flight: Tween | undefined
  private size: StageSize = { width: 1, height: 1 }
  private pending: number | undefined
  private readonly fineRatio: number
  private coarse = false
  private slowFrames = 0
  private lastFrameAt: number | undefined
  private lost = false
  private disposed = false
  private readonly before = new Vector3()
  private readonly lookedAt = new Vector3()

  constructor(options: StageOptions) {
    this.options = options
    this.canvas = options.canvas
    this.renderer = (options.createRenderer ?? createWebGLRenderer)(options.canvas)
    this.fineRatio = Math.min(globalThis.devicePixelRatio || 1, options.maxPixelRatio ?? 2)
    this.renderer.setPixelRatio(this.fineRatio)
    this.controls = new OrbitControls(this.camera, options.canvas)
    this.controls.enableDamping = true
    this.controls.dampingFactor = damping
    this.controls.zoomToCursor = true
    this.controls.screenSpacePanning = true
    this.controls.minAzimuthAngle = -1.25
    this.controls.maxAzimuthAngle = 1.25
    this.controls.minPolarAngle = 0.5
    this.controls.maxPolarAngle = 2.3
    this.controls.addEventListener('change', this.invalidate)
    this.controls.addEventListener('start', this.endFlight)
    options.canvas.addEventListener('webglcontextlost', this.loseContext)
    options.canvas.addEventListener('webglcontextrestored', this.restoreContext)
  }

  get extent(): StageSize { return this.size }
  get contextLost(): boolean { return this.lost }
  get reducedMotion(): boolean { return this.options.reducedMotion?.() ?? false }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1 || (width === this.size.width && height === this.size.height)) return
    this.size = { width, height }
    this.renderer.setSize(width, height, false)
    this.camera.aspect = width / height
    this.camera.updateProjectionMatrix()
    this.drawNow()
  }

  /** Asks for a frame. */
  readonly invalidate = (): void => {
    if (this.pending !== undefined || this.lost || this.disposed) return
    this.pending = (this.options.requestFrame ?? requestAnimationFrame)(this.draw)
  }

  /** Runs a tween and draws while it lasts; without motion it ends at once. */
  animate(durationMs: number, apply: (progress: number) => void, done?: () => void): Tween {
    const tween = createTween(this.reducedMotion ? 0 : durationMs, apply, done)
    this.tweens.add(tween)
    this.invalidate()
    return tween
  }

  /** Moves the camera there, at once or in flight. */
  moveTo(view: View, immediately = false): void {
    this.endFlight()
    const from = { position: this.camera.position.clone(), target: this.controls.target.clone() }
    const apply = (t: number): void => {
      this.camera.position.lerpVectors(from.position, view.position, t)
      this.controls.target.lerpVectors(from.target, view.target, t)
      this.camera.lookAt(this.controls.target)
    }
    if (immediately) { apply(1); this.controls.update(); this.invalidate(); return }
    this.flight = this.animate(flightMs, apply)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    if (this.pending !== undefined) (this.options.cancelFrame ?? cancelAnimationFrame)(this.pending)
    this.tweens.clear()
    this.canvas.removeEventListener('webglcontextlost', this.loseContext)
    this.canvas.removeEventListener('webglcontextrestored', this.restoreContext)
    this.controls.dispose()
    disposeTree(this.scene)
    this.renderer.dispose()
  }

  private readonly draw = (now: number): void => {
    this.pending = undefined
    if (this.lost || this.disposed) return
    this.adaptPixels(now)
    for (const tween of [...this.tweens]) if (!tween.step(now)) this.tweens.delete(tween)
    this.controls.dampingFactor = damped(this.lastFrameAt === undefined ? 1000 / 60 : now - this.lastFrameAt)
    this.before.copy(this.camera.position)
    this.lookedAt.copy(this.controls.target)
    this.controls.update()
    this.render()
    const reach = this.camera.position.distanceTo(this.controls.target) * stillness
    const moving = this.tweens.size > 0 || this.before.distanceTo(this.camera.position) > reach || this.lookedAt.distanceTo(this.controls.target) > reach
    this.lastFrameAt = moving ? now : undefined
    if (moving) this.invalidate()
    else if (this.coarse) this.sharpen()
    else this.settle()
  }

  private adaptPixels(now: number): void {
    const slow = this.lastFrameAt !== undefined && now - this.lastFrameAt > slowFrame
    this.slowFrames = slow ? this.slowFrames + 1 : 0
    if (this.coarse || this.slowFrames < slowFramesInRow) return
    this.coarse = true
    this.renderer.setPixelRatio(this.fineRatio * coarseRatio)
  }

  private sharpen(): void {
    this.coarse = false
    this.slowFrames = 0
    this.renderer.setPixelRatio(this.fineRatio)
    this.invalidate()
  }

  /** OrbitControls announces every remainder of its damping; below the eye's threshold that must not keep the loop alive. */
  private settle(): void {
    if (this.pending !== undefined) (this.options.cancelFrame ?? cancelAnimationFrame)(this.pending)
    this.pending = undefined
    this.controls.enableDamping = false
    this.controls.removeEventListener('change', this.invalidate)
    this.controls.update()
    this.controls.addEventListener('change', this.invalidate)
    this.controls.enableDamping = true
  }

  /** After a resize the canvas is empty: fill it before the browser paints. */
  private drawNow(): void {
    if (this.lost || this.disposed || this.frames === 0) { this.invalidate(); return }
    this.render()
  }

  private render(): void {
    this.renderer.render(this.scene, this.camera)
    this.frames++
    this.drawCalls = this.renderer.info.render.calls
    if (this.frames === 1) this.onFirstFrame?.(performance.now() - this.born)
    this.onFrame?.()
  }

  private readonly endFlight = (): void => {
    if (this.flight !== undefined) this.tweens.delete(this.flight)
    this.flight = undefined
  }

  private readonly loseContext = (event: Event): void => {
    // Without this the browser never restores the context.
    event.preventDefault()
    this.lost = true
    this.onContextChange?.(true)
  }

  private readonly restoreContext = (): void => {
    // three uploads everything again; the data lives in typed arrays on our side.
    this.lost = false
    this.onContextChange?.(false)
    this.invalidate()
  }
}

function createWebGLRenderer(canvas: HTMLCanvasElement): StageRenderer {
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, powerPreference: 'high-performance' })
  renderer.setClearColor(0x000000, 0)
  return renderer
}
