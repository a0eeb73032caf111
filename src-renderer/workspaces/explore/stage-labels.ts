/** Which names are written on the scene, and where. */
import type { Camera, Vector3 } from 'three'
import type { GraphItem } from '#renderer/scenes/network-layout/visible-graph.ts'
import { overlapsAny, project } from '#renderer/three/projector.ts'
import type { Box } from '#renderer/three/projector.ts'

export interface StageLabel {
  readonly item: string
  readonly title: string
  readonly detail: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly emphasis: 'none' | 'hovered' | 'selected'
  readonly box: Box
}

export interface LabelPlace { readonly x: number; readonly y: number; readonly z: number; readonly width: number; readonly height: number }

export interface LabelOptions {
  readonly camera: Camera
  readonly size: { readonly width: number; readonly height: number }
  readonly placeOf: (item: string) => LabelPlace | undefined
  readonly hovered: string | undefined
  readonly selected: string | undefined
  /** What must not be written over: links between rows, the answer. */
  readonly reserved: readonly Box[]
}

/** Walls narrower than this (pixels) keep their name for the tooltip. */
const narrowest = 30
const lineHeight = 15
/** Mean advance of the label's font, for widths before the browser has laid anything out. */
const advance = 6.1
/** How much wider the names are that are selected or pointed at. */
const boldness = 1.12
/** Names of wide letters are wider than that: pixels that keep them whole. */
const spare = 5
const mostLabels = 60

/** Labels that can be read: of walls wide enough, on the stage, the important and the large ones first, none over another nor over a wall. */
export function stageLabels(items: readonly GraphItem[], options: LabelOptions): StageLabel[] {
  const { camera, size, placeOf, hovered, selected, reserved } = options
  const walls = new Map<string, Box>()
  const candidates: { readonly item: GraphItem; readonly wall: Box; readonly emphasis: StageLabel['emphasis']; readonly rank: number }[] = []
  items.forEach((item, index) => {
    const place = placeOf(item.id)
    const wall = place === undefined ? undefined : wallBox(place, camera, size)
    if (wall === undefined || wall.right < 0 || wall.left > size.width || wall.bottom < 0 || wall.top > size.height) return
    walls.set(item.id, wall)
    const wide = wall.right - wall.left
    const emphasis = item.id === selected ? 'selected' : item.id === hovered ? 'hovered' : 'none'
    if (emphasis === 'none' && wide < narrowest) return
    const ends = index === 0 || index === items.length - 1 ? 400 : 0
    candidates.push({ item, wall, emphasis, rank: (emphasis === 'selected' ? 1e5 : emphasis === 'hovered' ? 1e4 : 0) + ends + (item.folded ? 120 : 0) + wide })
  })
  candidates.sort((a, b) => b.rank - a.rank)

  const kept: StageLabel[] = []
  for (const { item, wall, emphasis } of candidates) {
    if (kept.length >= mostLabels) break
    const obstacles = [...reserved, ...[...walls].flatMap(([id, box]) => (id === item.id ? [] : [box])), ...kept.map((other) => other.box)]
    const places = placements(item, wall, emphasis, size)
    // What is selected or pointed at is named even where that covers something.
    const label = places.find(({ box }) => !overlapsAny(box, obstacles)) ?? (emphasis === 'none' ? undefined : places[0])
    if (label !== undefined) kept.push(label)
  }
  return kept
}

/** Below the wall or above it; the whole name, its last part, or what of that fits the wall's width. */
function placements(item: GraphItem, wall: Box, emphasis: StageLabel['emphasis'], size: { readonly width: number; readonly height: number }): StageLabel[] {
  const wallWidth = wall.right - wall.left
  const detail = labelDetail(item)
  const short = shortTitle(item.title)
  const shapes = emphasis === 'none'
    ? [{ title: item.title, room: Math.max(wallWidth + 48, 88) }, { title: short, room: Math.max(wallWidth + 48, 88) }, { title: short, room: wallWidth + 6 }]
    : [{ title: item.title, room: 240 }]
  const fitting = shapes.filter(({ title, room }, index) => index === shapes.length - 1 || title.length * advance <= room)
  const center = (wall.left + wall.right) / 2
  return [false, true].flatMap((above) => fitting.map(({ title, room }): StageLabel => {
    const written = Math.max(title.length * (emphasis === 'none' ? 1 : boldness), detail.length) * advance
    const width = Math.ceil(Math.min(written + spare, room))
    const x = Math.min(Math.max(center, width / 2 + 6), size.width - width / 2 - 6)
    const y = Math.max(4, Math.min(above ? wall.top - 2 * lineHeight - 5 : wall.bottom + 5, size.height - 2 * lineHeight - 4))
    return { item: item.id, title, detail: detail.length * advance <= room ? detail : '', x, y, width, emphasis, box: { left: x - width / 2, right: x + width / 2, top: y, bottom: y + 2 * lineHeight } }
  }))
}

/** The face of a wall on the stage; undefined behind the camera. */
function wallBox({ x, y, z, width, height }: LabelPlace, camera: Camera, size: { readonly width: number; readonly height: number }): Box | undefined {
  const corners = [-1, 1].flatMap((sx) => [-1, 1].map((sy) => project({ x: x + (sx * width) / 2, y: y + (sy * height) / 2, z }, camera, size)))
  if (corners.some(({ depth }) => depth <= 0)) return undefined
  const [xs, ys] = [corners.map((corner) => corner.x), corners.map((corner) => corner.y)]
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}

/** A slanted line as a chain of boxes. */
export function lineBoxes(from: Vector3, to: Vector3, camera: Camera, size: { readonly width: number; readonly height: number }): Box[] {
  const [start, end] = [project(from, camera, size), project(to, camera, size)]
  const pieces = Math.max(1, Math.ceil(Math.abs(end.x - start.x) / 48))
  return Array.from({ length: pieces }, (_, piece): Box => {
    const at = (share: number, a: number, b: number) => a + (b - a) * share
    const [x0, x1] = [at(piece / pieces, start.x, end.x), at((piece + 1) / pieces, start.x, end.x)]
    const [y0, y1] = [at(piece / pieces, start.y, end.y), at((piece + 1) / pieces, start.y, end.y)]
    return { left: Math.min(x0, x1), right: Math.max(x0, x1), top: Math.min(y0, y1) - 1, bottom: Math.max(y0, y1) + 1 }
  })
}

/** The end of a path-like name, from its last part that is a word: 'expand3x3', 'layer2.0'. */
export function shortTitle(title: string): string {
  const parts = title.split(/([/.])/)
  const word = parts.findLastIndex((part) => part.length >= 3 && /[a-z]/i.test(part))
  return word < 0 ? title : parts.slice(word).join('')
}

/** '128 × 28²' for square maps: what fits below a wall. */
export function labelDetail({ layer, folded, layers }: GraphItem): string {
  const { view } = layer
  const shape = view.type === 'maps' ? `${view.channels} × ${view.height === view.width ? `${view.height}²` : `${view.height} × ${view.width}`}`
    : view.type === 'vector' ? `${view.units} units` : view.type === 'tokens' ? `${view.tokens} × ${view.units}` : layer.op
  return folded ? `${layers.length} layers · ${shape}` : shape
}
