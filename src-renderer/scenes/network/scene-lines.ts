/** What connects walls: links between layers behind them, arcs between units before them. */
import { Color } from 'three'
import type { Vector3 } from 'three'
import { sampleLink } from '../network-layout/link-curve.ts'
import type { NetworkLayout } from '../network-layout/network-layout.ts'
import { arcBetween } from './arcs.ts'
import type { UnitArc } from './arcs.ts'
import { Lines } from './lines.ts'

/** Links run behind the faces. */
export const linkDepth = -0.3

export interface LineColors { readonly link: string; readonly line: string; readonly accent: string }

export class SceneLines {
  readonly links = new Lines(1.25)
  readonly arcs = new Lines(2)

  constructor() {
    this.links.mesh.renderOrder = 0
    this.arcs.mesh.renderOrder = 6
  }

  /** @param selected position of the item whose links stand out; -1 for none */
  drawLinks(layout: NetworkLayout, colors: LineColors, selected: number): void {
    const plain = new Color(colors.link)
    const accent = plain.clone().lerp(new Color(colors.accent), 0.65)
    this.links.write(layout.links.map(({ from, to, points }) => {
      const flat = sampleLink(points)
      const spatial: number[] = []
      for (let i = 0; i < flat.length; i += 2) spatial.push(flat[i] ?? 0, flat[i + 1] ?? 0, linkDepth)
      return { points: spatial, color: selected >= 0 && (from === selected || to === selected) ? accent : plain }
    }))
  }

  drawArcs(arcs: readonly UnitArc[], colors: LineColors, at: (end: UnitArc['from']) => Vector3 | undefined): void {
    const faint = new Color(colors.line)
    const accent = new Color(colors.accent)
    this.arcs.write(arcs.flatMap((arc) => {
      const from = at(arc.from)
      const to = at(arc.to)
      return from === undefined || to === undefined ? [] : [{ points: arcBetween(from, to), color: faint.clone().lerp(accent, 0.25 + 0.75 * arc.strength) }]
    }))
  }
}
