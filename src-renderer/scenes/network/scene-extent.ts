/** Where things are: points of the layout that a camera has to hold, and walls as the stage shows them. */
import { Vector3 } from 'three'
import type { Camera } from 'three'
import { project } from '#renderer/three/projector.ts'
import type { NetworkLayout } from '../network-layout/network-layout.ts'
import { linkDepth } from './scene-lines.ts'
import type { SlotContent } from './wall-sheet.ts'
import type { WallState } from './walls.ts'

/** Corners of walls, front and back; of all, with the turns of the links between rows, unless `wanted` says which. */
export function cornersOf({ walls, links }: NetworkLayout, wanted?: (item: number) => boolean): Vector3[] {
  const turns = wanted !== undefined ? [] : links.flatMap(({ points, wraps }) => (wraps ? points.map(({ x, y }) => new Vector3(x, y, linkDepth)) : []))
  return [...turns, ...walls.flatMap(({ item, x, y, width, height, depth }) => {
    if (wanted?.(item) === false) return []
    return [-1, 1].flatMap((sx) => [-1, 1].flatMap((sy) => [0, -depth].map((z) => new Vector3(x + (sx * width) / 2, y + (sy * height) / 2, z))))
  })]
}

/** Level runs of links that pass by walls or lead to the next row. */
export function passagesOf({ links }: NetworkLayout): readonly (readonly [Vector3, Vector3])[] {
  return links.flatMap(({ points }) => points.length <= 2 ? [] : points.flatMap((to, index) => {
    const from = points[index - 1]
    return from !== undefined && from.y === to.y ? [[new Vector3(from.x, from.y, linkDepth), new Vector3(to.x, to.y, linkDepth)] as const] : []
  }))
}

/** A wall's extent on the stage, pixels. */
export function stageExtent({ x, y, z, width, height }: Pick<WallState, 'x' | 'y' | 'z' | 'width' | 'height'>, camera: Camera, size: { readonly width: number; readonly height: number }): { readonly width: number; readonly height: number } {
  const [low, high] = ([-1, 1] as const).map((side) => project({ x: x + (side * width) / 2, y: y + (side * height) / 2, z }, camera, size))
  return low === undefined || high === undefined ? { width: 0, height: 0 } : { width: Math.abs(high.x - low.x), height: Math.abs(high.y - low.y) }
}

/** The middle of a tile on a wall. */
export function tileCenter({ x, y, width, height }: Pick<WallState, 'x' | 'y' | 'width' | 'height'>, { grid: { columns, rows } }: SlotContent, tile: number, z: number): Vector3 {
  const u = ((tile % columns) + 0.5) / columns - 0.5
  const v = 0.5 - (Math.floor(tile / columns) + 0.5) / rows
  return new Vector3(x + u * width, y + v * height, z)
}
