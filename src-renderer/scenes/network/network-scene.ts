/** The network in 3D: walls of feature maps, links between them, pictures at the ends. Knows no Vue; `host` draws. */
import { Group, Vector3 } from 'three'
import type { Camera, Ray } from 'three'
import type { Layer } from '#contract/graph.ts'
import { createColorTexture, fillColorTexture } from '#renderer/three/color-table.ts'
import type { ColorTables } from '#renderer/three/color-table.ts'
import { disposeTree } from '#renderer/three/dispose.ts'
import { pickRectangle } from '#renderer/three/picking.ts'
import type { Tween } from '#renderer/three/tween.ts'
import type { NetworkLayout } from '../network-layout/network-layout.ts'
import type { NetworkTree } from '../network-layout/network-tree.ts'
import type { VisibleGraph } from '../network-layout/visible-graph.ts'
import { overviewGrid } from '../network-layout/wall-size.ts'
import type { UnitArc } from './arcs.ts'
import { motions, placeAt } from './motion.ts'
import type { Placed } from './motion.ts'
import { PicturePlane } from './picture-plane.ts'
import { cornersOf, passagesOf, stageExtent, tileCenter } from './scene-extent.ts'
import { SceneLines } from './scene-lines.ts'
import { detailSlots, WallMaps } from './wall-maps.ts'
import type { ShownMaps } from './wall-maps.ts'
import { Walls } from './walls.ts'
import type { WallColors, WallState } from './walls.ts'
import type { SheetScale, TileSheet } from './wall-sheet.ts'

export interface SceneHost {
  readonly invalidate: () => void
  readonly animate: (durationMs: number, apply: (progress: number) => void, done?: () => void) => Tween
}

export interface SceneColors extends WallColors { readonly tables: ColorTables; readonly link: string }
export interface WallHit { readonly item: string; readonly unit: number | undefined }
export interface SceneView { readonly hovered: WallHit | undefined; readonly selected: WallHit | undefined; readonly scale: SheetScale }

/** A folded block shows two sheets behind its wall. */
const facesPerWall = 3
/** Width of a wall on the stage, pixels, from which on it shows all of its maps. */
const closeWidth = 240
const foldMs = 420
/** How far a selected wall stands out, world units. */
const lift = 0.6

export class NetworkScene {
  readonly root = new Group()
  private readonly host: SceneHost
  private readonly colorTexture = createColorTexture()
  private readonly maps = new WallMaps()
  private walls: Walls
  private readonly detailWalls: Walls
  private readonly lines = new SceneLines()
  private readonly pictures = { input: new PicturePlane(), output: new PicturePlane() }
  private pictureItems: { input: string | undefined; output: string | undefined } = { input: undefined, output: undefined }
  private graph: VisibleGraph = { items: [], edges: [], itemOf: new Map() }
  private layout: NetworkLayout = { walls: [], links: [], width: 0, height: 0 }
  private states = new Map<string, WallState>()
  private view: SceneView = { hovered: undefined, selected: undefined, scale: 'map' }
  private colors: SceneColors | undefined
  private unitArcs: readonly UnitArc[] = []
  private moving: Tween | undefined

  constructor(host: SceneHost) {
    this.host = host
    this.walls = this.makeWalls()
    this.detailWalls = new Walls(detailSlots, this.maps.details.texture, this.colorTexture)
    this.detailWalls.faces.renderOrder = 4
    this.assemble()
  }

  /** Shows a graph in a layout; walls that both know move there, folded blocks open from their wall. */
  setData(tree: NetworkTree, graph: VisibleGraph, layout: NetworkLayout, options: { readonly animated: boolean }): void {
    this.moving?.finish()
    const before = new Map([...this.states].map(([id, state]): [string, Placed] => [id, { ...state }]))
    this.graph = graph
    this.layout = layout
    const after = new Map(layout.walls.map((place): [string, Placed] => [graph.items[place.item]?.id ?? '', place]))
    this.grow(new Set([...before.keys(), ...after.keys()]).size)
    const moves = motions(tree, before, after)
    const itemById = new Map(graph.items.map((item) => [item.id, item]))
    for (const { id, from } of moves) {
      const item = itemById.get(id)
      const grid = item === undefined ? { columns: 1, rows: 1 } : overviewGrid(item.layer)
      this.states.set(id, this.states.get(id) ?? {
        ...from, z: 0, opacity: 0, slot: 0, content: undefined, ...grid, tiles: grid.columns * grid.rows,
        hovered: false, selected: false, hoveredTile: -1, selectedTile: -1, faceless: false,
      })
    }
    for (const item of graph.items) this.fill(item.id)
    this.lines.links.opacity = 0
    this.drawLinks()
    this.drawArcs()
    const apply = (t: number): void => {
      for (const move of moves) {
        const state = this.states.get(move.id)
        if (state === undefined) continue
        Object.assign(state, placeAt(move, t))
        state.opacity = move.fadesOut ? 1 - t : move.fadesIn ? t : 1
      }
      this.lines.links.opacity = Math.max(0, t * 2 - 1)
      this.refresh()
    }
    const done = (): void => {
      for (const { id, fadesOut } of moves) if (fadesOut) { this.states.delete(id); this.maps.overview.release(id) }
      this.refresh()
    }
    if (options.animated) this.moving = this.host.animate(foldMs, apply, done)
    else { apply(1); done() }
  }

  /** The maps of one item, or of its layer when the item is a folded group. */
  setSheet(item: string, sheet: TileSheet): void {
    this.maps.keep(item, sheet)
    this.fill(item)
    this.mapsMoved(item)
    this.refresh()
  }

  hasSheet(item: string): boolean { return this.maps.has(item) }

  /** All maps of the item that is looked at closely; undefined gives its slot back. */
  setDetail(item: string, sheet: TileSheet | undefined): void {
    if (sheet === undefined) this.maps.dropDetail(item)
    else {
      this.maps.keepDetail(item, sheet)
      this.fillDetail(item)
    }
    this.mapsMoved(item)
    this.refresh()
  }

  /** Forgets all maps, of a model that is closed. */
  clearSheets(): void {
    this.maps.clear()
    for (const state of this.states.values()) state.content = undefined
    this.refresh()
  }

  setPicture(end: 'input' | 'output', item: string | undefined, picture: ImageBitmap | HTMLCanvasElement | undefined): void {
    this.pictureItems = { ...this.pictureItems, [end]: item }
    this.pictures[end].show(picture)
    this.refresh()
  }

  setColors(colors: SceneColors): void {
    this.colors = colors
    fillColorTexture(this.colorTexture, colors.tables)
    this.walls.setColors(colors)
    this.detailWalls.setColors(colors)
    this.drawLinks()
    this.drawArcs()
    this.host.invalidate()
  }

  setView(view: SceneView): void {
    const rescaled = view.scale !== this.view.scale
    this.view = view
    if (rescaled) {
      for (const item of this.states.keys()) this.fill(item)
      for (const item of this.maps.detailed()) this.fillDetail(item)
    }
    this.drawLinks()
    this.refresh()
  }

  /** Accent arcs between units. */
  setArcs(arcs: readonly UnitArc[]): void {
    this.unitArcs = arcs
    this.drawArcs()
    this.host.invalidate()
  }

  pick(ray: Ray): WallHit | undefined {
    const ids = this.graph.items.map((item) => item.id)
    const hit = pickRectangle(ray, ids.map((id) => this.states.get(id) ?? { x: 0, y: 0, z: 0, width: 0, height: 0 }))
    const item = hit === undefined ? undefined : ids[hit.index]
    if (hit === undefined || item === undefined) return undefined
    const shown = this.contentOf(item)
    const column = Math.min((shown?.content.grid.columns ?? 1) - 1, Math.floor(hit.u * (shown?.content.grid.columns ?? 1)))
    const row = Math.floor(hit.v * (shown?.content.grid.rows ?? 1))
    const unit = this.isPicture(item) ? undefined : shown?.sheet.units[row * shown.content.grid.columns + column]
    return { item, unit }
  }

  /** Smaller side of one map on an item's wall, stage pixels. */
  tileExtent(item: string, camera: Camera, size: { width: number; height: number }): number {
    const state = this.states.get(item)
    const grid = this.contentOf(item)?.content.grid
    if (state === undefined || grid === undefined) return 0
    const { width, height } = stageExtent(state, camera, size)
    return Math.min(width / grid.columns, height / grid.rows)
  }

  /** Whether a wall is seen from so near that all of its maps can be told apart. */
  seenClosely(item: string, camera: Camera, size: { width: number; height: number }): boolean {
    const state = this.states.get(item)
    return state !== undefined && stageExtent(state, camera, size).width > closeWidth
  }

  /** The units on an item's wall, in reading order, and how many stand in a row. */
  unitsOn(item: string): { readonly units: readonly number[]; readonly columns: number } | undefined {
    const shown = this.contentOf(item)
    return shown === undefined ? undefined : { units: shown.sheet.units, columns: shown.content.grid.columns }
  }

  /** Corners of some items' walls, for framing; without names of all, and the turns of the links between rows. */
  corners(items?: readonly string[]): Vector3[] {
    const wanted = items === undefined ? undefined : new Set(items)
    return cornersOf(this.layout, wanted && ((item) => wanted.has(this.graph.items[item]?.id ?? '')))
  }

  /** Level runs of links that pass by walls or lead to the next row. */
  passages(): readonly (readonly [Vector3, Vector3])[] { return passagesOf(this.layout) }

  /** Where a wall is now. */
  placeOf(item: string): Readonly<WallState> | undefined { return this.states.get(item) }

  /** After a lost context. */
  resend(): void { this.maps.resend(); this.colorTexture.needsUpdate = true }

  dispose(): void {
    this.moving?.finish()
    for (const { mesh } of Object.values(this.pictures)) mesh.material.map?.dispose()
    disposeTree(this.root)
    this.maps.dispose()
    this.colorTexture.dispose()
    this.root.removeFromParent()
  }

  private assemble(): void {
    this.root.add(
      this.lines.links.mesh, this.walls.slabs, this.walls.faces, this.detailWalls.faces, this.pictures.input.mesh, this.pictures.output.mesh, this.lines.arcs.mesh,
    )
  }

  private makeWalls(): Walls {
    const { capacity, texture } = this.maps.overview
    return new Walls(capacity * facesPerWall, texture, this.colorTexture)
  }

  /** Makes room for this many walls. */
  private grow(count: number): void {
    if (count <= this.maps.overview.capacity) return
    const capacity = Math.ceil((count * 1.25) / 8) * 8
    const old = this.walls
    this.root.remove(old.slabs, old.faces)
    const wrapper = new Group().add(old.slabs, old.faces)
    // The colour table stays: only the walls' own texture goes.
    old.faces.material.uniforms['colors'] = { value: null }
    disposeTree(wrapper)
    this.maps.grow(capacity)
    this.walls = this.makeWalls()
    if (this.colors !== undefined) this.walls.setColors(this.colors)
    this.assemble()
    for (const id of this.states.keys()) this.fill(id)
  }

  private fill(item: string): void {
    const state = this.states.get(item)
    if (state !== undefined) this.maps.fill(item, state, this.layerOf(item), this.view.scale)
  }

  private fillDetail(item: string): void {
    const state = this.states.get(item)
    if (state !== undefined) this.maps.fillDetail(item, state, this.view.scale)
  }

  private contentOf(item: string): ShownMaps | undefined { return this.maps.contentOf(item, this.states.get(item)) }

  private layerOf(item: string): Layer | undefined { return this.graph.items.find(({ id }) => id === item)?.layer }

  private isPicture(item: string): boolean { return item === this.pictureItems.input || item === this.pictureItems.output }

  /** Writes what moved or changed to the GPU's buffers and asks for a frame. */
  private refresh(): void {
    const { hovered, selected } = this.view
    const detail: WallState[] = []
    const ghosts: WallState[] = []
    const folded = new Set(this.graph.items.filter((item) => item.folded).map((item) => item.id))
    for (const [id, state] of this.states) {
      const units = this.contentOf(id)?.sheet.units
      const tileOf = (hit: WallHit | undefined) => (hit?.item !== id || hit.unit === undefined ? -1 : units?.indexOf(hit.unit) ?? -1)
      state.hovered = hovered?.item === id
      state.selected = selected?.item === id
      state.hoveredTile = tileOf(hovered)
      state.selectedTile = tileOf(selected)
      state.z = state.selected ? lift : 0
      const shown = this.maps.detailOf(id)
      state.faceless = shown !== undefined
      if (shown !== undefined) detail.push({ ...state, ...shown, faceless: false })
      if (folded.has(id)) {
        for (const step of [1, 2]) {
          const shift = 0.42 * step
          ghosts.push({ ...state, x: state.x + shift, y: state.y + shift, z: state.z - 0.12 * step, depth: 0, content: undefined, columns: 1, rows: 1, tiles: 1, hovered: false, selected: false, faceless: false, opacity: state.opacity * (1 - 0.3 * step) })
        }
      }
    }
    this.walls.write([...this.states.values(), ...ghosts])
    this.detailWalls.write(detail)
    for (const end of ['input', 'output'] as const) {
      const state = this.states.get(this.pictureItems[end] ?? '')
      if (state === undefined) this.pictures[end].place(0, 0, 0, 0, 0, 0)
      else this.pictures[end].place(state.x, state.y, state.z + 0.04, state.width, state.height, state.opacity)
    }
    this.host.invalidate()
  }

  private drawLinks(): void {
    if (this.colors === undefined) return
    this.lines.drawLinks(this.layout, this.colors, this.graph.items.findIndex((item) => item.id === this.view.selected?.item))
  }

  private drawArcs(): void {
    if (this.colors === undefined) return
    this.lines.drawArcs(this.unitArcs, this.colors, (end) => this.unitCenter(end.item, end.unit))
  }

  /** Arcs end on maps: they follow when a wall arranges its maps anew. */
  private mapsMoved(item: string): void {
    if (this.unitArcs.some(({ from, to }) => from.item === item || to.item === item)) this.drawArcs()
  }

  /** The middle of a unit's map on its wall, or of the wall when it is not among those shown. */
  private unitCenter(item: string, unit: number): Vector3 | undefined {
    const place = this.layout.walls.find((wall) => this.graph.items[wall.item]?.id === item)
    const shown = this.contentOf(item)
    if (place === undefined) return undefined
    const z = (this.view.selected?.item === item ? lift : 0) + 0.05
    const tile = shown?.sheet.units.indexOf(unit) ?? -1
    return shown === undefined || tile < 0 ? new Vector3(place.x, place.y, z) : tileCenter(place, shown.content, tile, z)
  }
}
