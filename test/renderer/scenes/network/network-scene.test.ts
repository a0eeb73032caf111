import { Mesh, PerspectiveCamera, Vector3 } from 'three'
import { beforeEach, describe, expect, it } from 'vitest'
import type { NetworkStructure } from '#contract/graph.ts'
import { colorTable } from '#renderer/colour/tables.ts'
import { NetworkScene } from '#renderer/scenes/network/network-scene.ts'
import type { SceneColors, SceneHost } from '#renderer/scenes/network/network-scene.ts'
import type { TileSheet } from '#renderer/scenes/network/wall-sheet.ts'
import { allFolded, mostUnfolded, openingFolds } from '#renderer/scenes/network-layout/folding.ts'
import type { Folds } from '#renderer/scenes/network-layout/folding.ts'
import { layoutNetwork } from '#renderer/scenes/network-layout/network-layout.ts'
import { buildTree } from '#renderer/scenes/network-layout/network-tree.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import { rayThrough } from '#renderer/three/picking.ts'
import { project } from '#renderer/three/projector.ts'
import { createTween } from '#renderer/three/tween.ts'
import type { Tween } from '#renderer/three/tween.ts'
import { hugeNet, resNet, squeezeNet } from '../../../support/networks.ts'

const room = { width: 960, height: 640, tail: 0 }
const colors: SceneColors = {
  tables: { magnitude: colorTable('inferno'), signed: colorTable('diverging') },
  empty: '#111111', line: '#222222', accent: '#33ffcc', ink: '#ffffff', slab: '#101010', link: '#777777',
}
const mostDrawCalls = 300

let frames = 0
let tweens: Tween[] = []
const host: SceneHost = {
  invalidate: () => { frames++ },
  animate: (ms, apply, done) => { const tween = createTween(ms, apply, done); tweens.push(tween); return tween },
}
/** Steps all tweens through their whole time. */
const runTweens = () => { for (let now = 0; now <= 1000; now += 50) for (const tween of tweens) tween.step(now) }

function show(scene: NetworkScene, structure: NetworkStructure, foldsOf: (tree: ReturnType<typeof buildTree>) => Folds, animated = false) {
  const tree = buildTree(structure)
  const graph = visibleGraph(tree, foldsOf(tree))
  const layout = layoutNetwork(graph, room)
  scene.setData(tree, graph, layout, { animated })
  return { tree, graph, layout }
}

const sheet = (units: number): TileSheet => ({
  columns: units, tileWidth: 2, tileHeight: 2, units: Array.from({ length: units }, (_, i) => units - 1 - i), total: units,
  low: new Array<number>(units).fill(0), high: new Array<number>(units).fill(1), signed: false, pixels: new Uint8Array(units * 4).fill(200),
})

function drawCalls(scene: NetworkScene): number {
  let calls = 0
  scene.root.traverseVisible((object) => { if (object instanceof Mesh) calls++ })
  return calls
}

function cameraBefore(point: Vector3): PerspectiveCamera {
  const camera = new PerspectiveCamera(30, 1.5, 0.1, 1000)
  camera.position.set(point.x - 2, point.y + 1, 60)
  camera.lookAt(point)
  camera.updateMatrixWorld()
  return camera
}

beforeEach(() => { frames = 0; tweens = [] })

describe('the network scene', () => {
  it.each([['SqueezeNet', squeezeNet], ['ResNet-50', () => resNet()], ['8,000 nodes', () => hugeNet(8000)]] as const)('draws %s in few calls, folded or not', (_, make) => {
    const scene = new NetworkScene(host)
    scene.setColors(colors)
    for (const folds of [openingFolds, allFolded, mostUnfolded]) {
      const { graph } = show(scene, make(), folds)
      for (const item of graph.items) scene.setSheet(item.id, sheet(9))
      expect(drawCalls(scene)).toBeLessThanOrEqual(10)
      expect(drawCalls(scene)).toBeLessThanOrEqual(mostDrawCalls)
    }
    scene.dispose()
  })

  it('has a place and its maps for every wall, also beyond the room that it began with', () => {
    const scene = new NetworkScene(host)
    const { graph, layout } = show(scene, resNet(), mostUnfolded)
    for (const item of graph.items) scene.setSheet(item.id, sheet(4))
    layout.walls.forEach(({ item, x, y }) => {
      const id = graph.items[item]!.id
      expect(scene.placeOf(id)).toMatchObject({ x, y, opacity: 1 })
      expect(scene.placeOf(id)?.content).toBeDefined()
    })
    const slots = graph.items.map(({ id }) => scene.placeOf(id)?.slot)
    expect(new Set(slots).size).toBe(graph.items.length)
    scene.dispose()
  })

  it('picks the wall and the unit under a ray', () => {
    const scene = new NetworkScene(host)
    const { layout, graph } = show(scene, squeezeNet(), () => new Set<string>())
    scene.setSheet('conv1', sheet(36))
    const wall = layout.walls.find(({ item }) => graph.items[item]!.id === 'conv1')!
    // The middle of the second tile of the first row of six.
    const target = new Vector3(wall.x - wall.width / 2 + (1.5 * wall.width) / 6, wall.y + wall.height / 2 - (0.5 * wall.height) / 6, 0)
    const camera = cameraBefore(target)
    const size = { width: 900, height: 600 }
    const at = project(target, camera, size)
    expect(scene.pick(rayThrough(at.x, at.y, camera, size))).toEqual({ item: 'conv1', unit: 34 })
    scene.dispose()
  })

  it('shows all maps of a wall that is looked at closely, and gives the room back', () => {
    const scene = new NetworkScene(host)
    show(scene, squeezeNet(), () => new Set<string>())
    scene.setSheet('conv1', sheet(36))
    scene.setDetail('conv1', sheet(64))
    expect(scene.unitsOn('conv1')?.units).toHaveLength(64)
    expect(scene.placeOf('conv1')?.faceless).toBe(true)
    scene.setDetail('conv1', undefined)
    expect(scene.unitsOn('conv1')?.units).toHaveLength(36)
    expect(scene.placeOf('conv1')?.faceless).toBe(false)
    scene.dispose()
  })

  it('opens a block out of its folded wall and folds it back into it', () => {
    const scene = new NetworkScene(host)
    const structure = squeezeNet()
    show(scene, structure, allFolded)
    const folded = { ...scene.placeOf('fire3')! }
    show(scene, structure, () => new Set<string>(), true)
    for (const tween of tweens) tween.step(0)
    expect(scene.placeOf('fire3/expand1x1')).toMatchObject({ x: folded.x, y: folded.y, opacity: 0 })
    runTweens()
    expect(scene.placeOf('fire3')).toBeUndefined()
    expect(scene.placeOf('fire3/expand1x1')?.opacity).toBe(1)
    show(scene, structure, allFolded, true)
    runTweens()
    expect(scene.placeOf('fire3')).toMatchObject({ x: folded.x, y: folded.y, opacity: 1 })
    expect(scene.placeOf('fire3/expand1x1')).toBeUndefined()
    scene.dispose()
  })

  it('survives being folded again in the middle of unfolding', () => {
    const scene = new NetworkScene(host)
    const structure = resNet()
    show(scene, structure, allFolded)
    for (let turn = 0; turn < 4; turn++) {
      show(scene, structure, turn % 2 === 0 ? mostUnfolded : allFolded, true)
      for (const tween of tweens) { tween.step(0); tween.step(100) }
    }
    runTweens()
    const { graph } = show(scene, structure, allFolded)
    for (const { id } of graph.items) expect(scene.placeOf(id)?.opacity).toBe(1)
    scene.dispose()
  })

  it('asks for a frame for whatever changes what is seen', () => {
    const scene = new NetworkScene(host)
    show(scene, squeezeNet(), () => new Set<string>())
    const asks = (change: () => void) => { const before = frames; change(); return frames > before }
    expect(asks(() => scene.setSheet('conv1', sheet(4)))).toBe(true)
    expect(asks(() => scene.setColors(colors))).toBe(true)
    expect(asks(() => scene.setView({ hovered: undefined, selected: { item: 'conv1', unit: 2 }, scale: 'layer' }))).toBe(true)
    expect(asks(() => scene.setArcs([{ from: { item: 'data', unit: 0 }, to: { item: 'conv1', unit: 2 }, strength: 1 }]))).toBe(true)
    scene.dispose()
  })

  it('frees every geometry, material and texture it made', () => {
    const scene = new NetworkScene(host)
    scene.setColors(colors)
    show(scene, squeezeNet(), () => new Set<string>())
    const alive = new Set<object>()
    scene.root.traverse((object) => {
      if (!(object instanceof Mesh)) return
      for (const resource of [object.geometry, object.material].flat() as { addEventListener: (type: string, listener: () => void) => void }[]) {
        alive.add(resource)
        resource.addEventListener('dispose', () => alive.delete(resource))
      }
    })
    expect(alive.size).toBeGreaterThan(8)
    scene.dispose()
    expect(alive.size).toBe(0)
    expect(scene.root.children).toHaveLength(0)
  })
})
