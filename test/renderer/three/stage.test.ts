import { Mesh, BoxGeometry, MeshBasicMaterial } from 'three'
import { describe, expect, it } from 'vitest'
import { Stage } from '#renderer/three/stage.ts'
import type { StageRenderer } from '#renderer/three/stage.ts'

class FakeCanvas extends EventTarget {
  readonly style: Record<string, string> = {}
  readonly dataset: Record<string, string> = {}
  readonly clientWidth = 800
  readonly clientHeight = 600
  readonly ownerDocument = new EventTarget()
  readonly root = new EventTarget()
  getRootNode(): EventTarget { return this.root }
}

function setUp(options: { reducedMotion?: boolean } = {}) {
  const canvas = new FakeCanvas()
  const queue: ((now: number) => void)[] = []
  let ratio = 1
  let rendered = 0
  let disposed = 0
  const renderer: StageRenderer = {
    setPixelRatio: (next) => { ratio = next }, setSize: () => undefined, render: () => { rendered++ }, dispose: () => { disposed++ },
    info: { render: { calls: 4, triangles: 0 } },
  }
  const stage = new Stage({
    canvas: canvas as unknown as HTMLCanvasElement, createRenderer: () => renderer, reducedMotion: () => options.reducedMotion ?? false,
    requestFrame: (callback) => queue.push(callback), cancelFrame: (handle) => { queue[handle - 1] = () => undefined },
  })
  stage.resize(800, 600)
  let now = 0
  /** Runs frames until none is asked for; the number of frames that were. */
  const drain = (most = 5000, frameMs = 16): number => {
    let frames = 0
    while (queue.length > 0 && frames < most) {
      const due = queue.splice(0)
      const before = rendered
      for (const callback of due) callback(now)
      now += frameMs
      if (rendered > before) frames++
    }
    return frames
  }
  return { canvas, stage, drain, queue, counts: () => ({ rendered, disposed, ratio }) }
}

describe('the stage', () => {
  it('draws once when asked any number of times, and then not again', () => {
    const { stage, drain } = setUp()
    drain()
    stage.invalidate()
    stage.invalidate()
    expect(drain()).toBe(1)
    expect(drain()).toBe(0)
  })

  it('draws while a tween runs and stops at its end', () => {
    const { stage, drain } = setUp()
    drain()
    const seen: number[] = []
    stage.animate(160, (t) => { seen.push(t) })
    const frames = drain()
    expect(frames).toBeGreaterThan(8)
    expect(frames).toBeLessThan(14)
    expect(seen.at(-1)).toBe(1)
    expect(seen.every((t, i) => i === 0 || t >= (seen[i - 1] ?? 0))).toBe(true)
  })

  it('ends a tween at once where motion is to be reduced', () => {
    const { stage, drain } = setUp({ reducedMotion: true })
    drain()
    const seen: number[] = []
    stage.animate(400, (t) => { seen.push(t) })
    drain()
    expect(seen).toEqual([1])
  })

  it('comes to rest after the controls were moved', () => {
    const { stage, drain } = setUp()
    stage.camera.position.set(0, 0, 50)
    stage.controls.update()
    drain()
    stage.controls.rotateLeft(0.2)
    stage.invalidate()
    const frames = drain()
    expect(frames).toBeGreaterThan(5)
    expect(frames).toBeLessThan(120)
    const rest = stage.camera.position.clone()
    stage.invalidate()
    drain()
    expect(stage.camera.position.distanceTo(rest)).toBeLessThan(1e-6)
  })

  it('moves with fewer pixels where frames are slow, and is sharp at rest', () => {
    const { stage, drain, counts } = setUp()
    drain()
    const ratios: number[] = []
    stage.animate(1500, () => { ratios.push(counts().ratio) })
    drain(5000, 120)
    expect(Math.min(...ratios)).toBeLessThan(1)
    expect(counts().ratio).toBe(1)
  })

  it('keeps still without a context and draws again when it is back', () => {
    const { stage, drain, canvas, queue } = setUp()
    drain()
    const changes: boolean[] = []
    stage.onContextChange = (lost) => { changes.push(lost) }
    const lost = new Event('webglcontextlost', { cancelable: true })
    canvas.dispatchEvent(lost)
    expect(lost.defaultPrevented).toBe(true)
    stage.invalidate()
    expect(queue).toHaveLength(0)
    canvas.dispatchEvent(new Event('webglcontextrestored'))
    expect(drain()).toBe(1)
    expect(changes).toEqual([true, false])
  })

  it('frees the renderer, geometries and materials once, and draws no more', () => {
    const { stage, drain, counts, queue } = setUp()
    const mesh = new Mesh(new BoxGeometry(), new MeshBasicMaterial())
    let freed = 0
    mesh.geometry.addEventListener('dispose', () => { freed++ })
    mesh.material.addEventListener('dispose', () => { freed++ })
    stage.scene.add(mesh)
    drain()
    stage.dispose()
    stage.dispose()
    stage.invalidate()
    expect(queue.length).toBe(0)
    expect(freed).toBe(2)
    expect(counts().disposed).toBe(1)
    expect(stage.scene.children).toHaveLength(0)
  })
})
