/** What a thing is drawn with: SVG fragments in a box from -1 to 1 (y down), gradients, seeded variation. */
import type { Random } from '../../lib/random.ts'
import { css, darker, lighter } from './color.ts'
import type { Color } from './color.ts'

export interface Brush {
  readonly random: Random
  /** `definitions` collected by the gradients; they go into the picture's <defs>. */
  readonly definitions: string[]
  /** Fill lit from the upper left: a radial gradient from lighter to darker. */
  readonly lit: (base: Color, strength?: number) => string
  /** Fill along an angle in degrees (0 = left to right, 90 = downwards). */
  readonly linear: (stops: readonly Color[], degrees?: number) => string
}

export function createBrush(random: Random): Brush {
  const definitions: string[] = []
  const define = (element: (id: string) => string): string => {
    const id = `g${definitions.length}`
    definitions.push(element(id))
    return `url(#${id})`
  }
  return {
    random, definitions,
    lit: (base, strength = 16) => define((id) =>
      `<radialGradient id="${id}" cx="0.35" cy="0.3" r="0.85"><stop offset="0" stop-color="${css(lighter(base, strength))}"/><stop offset="0.55" stop-color="${css(base)}"/><stop offset="1" stop-color="${css(darker(base, strength))}"/></radialGradient>`),
    linear: (stops, degrees = 90) => define((id) => {
      const offsets = stops.map((stop, index) => `<stop offset="${(index / Math.max(1, stops.length - 1)).toFixed(3)}" stop-color="${css(stop)}"/>`)
      return `<linearGradient id="${id}" gradientTransform="rotate(${degrees.toFixed(1)} 0.5 0.5)">${offsets.join('')}</linearGradient>`
    }),
  }
}

const f = (value: number): string => value.toFixed(3)

export const circle = (x: number, y: number, r: number, fill: string, extra = ''): string => `<circle cx="${f(x)}" cy="${f(y)}" r="${f(r)}" fill="${fill}" ${extra}/>`
export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, extra = ''): string => `<ellipse cx="${f(x)}" cy="${f(y)}" rx="${f(rx)}" ry="${f(ry)}" fill="${fill}" ${extra}/>`
export const rectangle = (x: number, y: number, width: number, height: number, fill: string, extra = ''): string => `<rect x="${f(x)}" y="${f(y)}" width="${f(width)}" height="${f(height)}" fill="${fill}" ${extra}/>`
/** An SVG path; numbers in `d` are used as written. */
export const path = (d: string, fill: string, extra = ''): string => `<path d="${d}" fill="${fill}" ${extra}/>`
export const polygon = (points: readonly (readonly [number, number])[], fill: string, extra = ''): string => `<polygon points="${points.map(([x, y]) => `${f(x)},${f(y)}`).join(' ')}" fill="${fill}" ${extra}/>`
export const stroke = (paint: string, width: number, extra = ''): string => `stroke="${paint}" stroke-width="${f(width)}" stroke-linecap="round" stroke-linejoin="round" ${extra}`
export const line = (d: string, paint: string, width: number): string => path(d, 'none', stroke(paint, width))
/** Copies of a fragment turned about a centre. */
export const around = (count: number, fragment: (index: number) => string, x = 0, y = 0): string =>
  Array.from({ length: count }, (_, index) => `<g transform="rotate(${f((360 * index) / count)} ${f(x)} ${f(y)})">${fragment(index)}</g>`).join('')
export const moved = (x: number, y: number, scale: number, fragment: string, degrees = 0): string => `<g transform="translate(${f(x)} ${f(y)}) rotate(${f(degrees)}) scale(${f(scale)})">${fragment}</g>`
