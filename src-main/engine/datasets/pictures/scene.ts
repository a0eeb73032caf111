/**
 * The sample's pictures: one thing each, before any background, in any pose and light, sometimes partly hidden. Rendered
 * from a seed alone: the same seed and index give the same picture.
 */
import { createRandom, streamSeed } from '../../lib/random.ts'
import type { Random } from '../../lib/random.ts'
import { backgrounds } from './background.ts'
import { circle, createBrush, path, rectangle } from './brush.ts'
import type { Brush } from './brush.ts'
import { css, vivid } from './color.ts'
import type { Thing } from './define-thing.ts'

const files = import.meta.glob<Thing>('./things/*.ts', { eager: true, import: 'default' })

/** In the order of their file names: the order of the classes. */
export const things: readonly Thing[] = Object.keys(files).sort().flatMap((key) => files[key] ?? [])

export const classNames: readonly string[] = things.map((thing) => thing.name)

export interface SceneOptions {
  /** Pictures for people to look at: the thing large, whole and in the middle, no noise. */
  readonly portrait?: boolean
  /** The classes; all of `things/` where absent. */
  readonly things?: readonly Thing[]
}

export interface Scene {
  readonly label: number
  readonly svg: string
  /** What is done to the pixels after rendering: light, contrast and grain; all zero for portraits. */
  readonly finish: { readonly gain: number; readonly lift: number; readonly grain: number; readonly seed: number }
}

/** The picture with that index of the endless set that `seed` stands for, `size` pixels square; classes take turns. */
export function composeScene(seed: number, index: number, size: number, options: SceneOptions = {}): Scene {
  const random = createRandom(streamSeed(seed, index))
  const choice = options.things ?? things
  const label = index % choice.length
  const thing = choice[label]
  if (!thing) throw new RangeError(`There is no class ${label}.`)
  const brush = createBrush(random)
  const background = random.pick(backgrounds)(brush)
  const scale = options.portrait ? random.uniform(0.7, 0.78) : random.uniform(0.5, 0.92)
  const reach = options.portrait ? 0.05 : Math.max(0.08, 1.02 - scale)
  const lean = options.portrait ? Math.min(12, thing.lean) : thing.lean
  const place = `translate(${random.uniform(-reach, reach).toFixed(3)} ${random.uniform(-reach, reach).toFixed(3)}) rotate(${random.uniform(-lean, lean).toFixed(1)}) scale(${(scale * random.uniform(0.93, 1.07)).toFixed(3)} ${scale.toFixed(3)})`
  const drawing = thing.draw(brush)
  const shadow = random.chance(0.6) ? shadowFilter(brush) : undefined
  const body = shadow ? `<g filter="${shadow}"><g transform="${place}">${drawing}</g></g>` : `<g transform="${place}">${drawing}</g>`
  const hiding = !options.portrait && random.chance(0.35) ? occluder(random) : ''
  return {
    label,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="-1 -1 2 2"><defs>${brush.definitions.join('')}</defs>${background}${body}${hiding}</svg>`,
    finish: options.portrait ? { gain: 1, lift: 0, grain: 0, seed: 0 } : { gain: random.uniform(0.7, 1.15), lift: random.uniform(-18, 26), grain: random.chance(0.5) ? random.uniform(0, 9) : 0, seed: random.integer(1, 1 << 30) },
  }
}

/** A dark copy behind the thing, so that it stands before its background. */
function shadowFilter({ random, definitions }: Brush): string {
  const id = `g${definitions.length}`
  const [dx, dy] = [random.uniform(-0.06, 0.06).toFixed(3), random.uniform(0.02, 0.08).toFixed(3)]
  definitions.push(`<filter id="${id}" x="-0.3" y="-0.3" width="1.6" height="1.6"><feGaussianBlur in="SourceAlpha" stdDeviation="0.04"/><feOffset dx="${dx}" dy="${dy}"/><feComponentTransfer><feFuncA type="linear" slope="${random.uniform(0.25, 0.55).toFixed(2)}"/></feComponentTransfer><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>`)
  return `url(#${id})`
}

/** Something in front, covering a small part. */
function occluder(random: Random): string {
  const fill = css(vivid(random), random.uniform(0.75, 1))
  const kind = random.integer(0, 2)
  if (kind === 0) return circle(random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(0.1, 0.28), fill)
  if (kind === 1) return `<g transform="rotate(${random.uniform(0, 180).toFixed(1)})">${rectangle(random.uniform(-0.9, 0.7), -2, random.uniform(0.06, 0.16), 4, fill)}</g>`
  const side = random.chance(0.5) ? 1 : -1
  return path(`M ${side * 1.1} 1.1 L ${side * 1.1} ${random.uniform(-0.1, 0.6).toFixed(2)} L ${(side * random.uniform(0.1, 0.7)).toFixed(2)} 1.1 Z`, fill)
}
