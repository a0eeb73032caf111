/** What lies behind a thing: skies, hills, water, gratings, dots, cloth, light spots. Backgrounds tell nothing of the class. */
import type { Brush } from './brush.ts'
import { circle, path, rectangle } from './brush.ts'
import { color, css, darker, lighter, vivid } from './color.ts'
import type { Color } from './color.ts'

type Background = (brush: Brush) => string
const whole = (fill: string): string => rectangle(-2, -2, 4, 4, fill)
const soft = (brush: Brush): Color => color(brush.random.uniform(0, 360), brush.random.uniform(10, 60), brush.random.uniform(25, 85))

const sky: Background = (brush) => {
  const top = soft(brush)
  return whole(brush.linear([top, lighter({ ...top, hue: top.hue + brush.random.uniform(-50, 50) }, brush.random.uniform(-10, 30))], brush.random.uniform(60, 120)))
}

const hills: Background = (brush) => {
  const { random } = brush
  const base = soft(brush)
  const rows = Array.from({ length: random.integer(2, 4) }, (_, index) => {
    const y = -0.2 + index * 0.42 + random.uniform(-0.1, 0.1)
    return path(`M -2 2 L -2 ${y} Q ${random.uniform(-1.4, -0.4)} ${y - random.uniform(0.1, 0.6)} 0 ${y} T 2 ${y + random.uniform(-0.2, 0.2)} L 2 2 Z`, css(darker({ ...base, hue: base.hue + index * 14 }, 6 + index * 8)))
  }).join('')
  return sky(brush) + rows
}

const water: Background = (brush) => {
  const { random } = brush
  const sea = color(random.uniform(170, 235), random.uniform(30, 70), random.uniform(30, 58))
  const horizon = random.uniform(-0.1, 0.7)
  const waves = Array.from({ length: 7 }, (_, index) => path(`M -2 ${horizon + 0.12 + index * 0.2} q 0.25 -0.08 0.5 0 t 0.5 0 t 0.5 0 t 0.5 0 t 0.5 0 t 0.5 0 t 0.5 0 t 0.5 0`, 'none', `stroke="${css(lighter(sea, 14), 0.7)}" stroke-width="0.05"`)).join('')
  return sky(brush) + rectangle(-2, horizon, 4, 3, brush.linear([lighter(sea, 10), darker(sea, 10)])) + waves
}

const grating: Background = (brush) => {
  const { random } = brush
  const first = soft(brush)
  const second = random.chance(0.5) ? lighter(first, random.uniform(8, 25)) : soft(brush)
  const period = random.uniform(0.12, 0.6)
  const bars = Array.from({ length: Math.ceil(6 / period) }, (_, index) => rectangle(-3 + index * period, -3, period * random.uniform(0.35, 0.6), 6, css(second))).join('')
  return whole(css(first)) + `<g transform="rotate(${random.uniform(0, 180).toFixed(1)})">${bars}</g>`
}

const checks: Background = (brush) => {
  const { random } = brush
  const first = soft(brush)
  const second = css(lighter(first, random.uniform(-20, 20)), 0.7)
  const size = random.uniform(0.2, 0.5)
  const bars = Array.from({ length: Math.ceil(6 / size / 2) }, (_, index) => rectangle(-3 + index * size * 2, -3, size, 6, second) + rectangle(-3, -3 + index * size * 2, 6, size, second)).join('')
  return whole(css(first)) + `<g transform="rotate(${random.uniform(0, 90).toFixed(1)})">${bars}</g>`
}

const dots: Background = (brush) => {
  const { random } = brush
  const ink = css(soft(brush), random.uniform(0.5, 1))
  const step = random.uniform(0.22, 0.5)
  const radius = step * random.uniform(0.15, 0.36)
  const count = Math.ceil(4 / step)
  const rows = Array.from({ length: count }, (_, row) => Array.from({ length: count }, (_unused, column) => circle(-2 + (column + (row % 2) / 2) * step, -2 + row * step, radius, ink)).join('')).join('')
  return whole(css(soft(brush))) + `<g transform="rotate(${random.uniform(-30, 30).toFixed(1)})">${rows}</g>`
}

const bokeh: Background = (brush) => {
  const { random } = brush
  const lights = Array.from({ length: random.integer(8, 22) }, () => circle(random.uniform(-1.3, 1.3), random.uniform(-1.3, 1.3), random.uniform(0.05, 0.4), css(lighter(vivid(random), 12), random.uniform(0.15, 0.55)))).join('')
  return whole(brush.linear([soft(brush), soft(brush)], random.uniform(0, 180))) + lights
}

const shards: Background = (brush) => {
  const { random } = brush
  const base = soft(brush)
  const pieces = Array.from({ length: random.integer(8, 18) }, () => {
    const [x, y] = [random.uniform(-1.3, 1.3), random.uniform(-1.3, 1.3)]
    const reach = (): string => `${(x + random.uniform(-0.9, 0.9)).toFixed(3)} ${(y + random.uniform(-0.9, 0.9)).toFixed(3)}`
    return path(`M ${reach()} L ${reach()} L ${reach()} Z`, css({ ...base, hue: base.hue + random.uniform(-40, 40), lightness: random.uniform(20, 85) }, random.uniform(0.4, 0.9)))
  }).join('')
  return whole(css(base)) + pieces
}

/** Cloud-like noise (SVG turbulence), tinted. */
const noise: Background = (brush) => {
  const { random, definitions } = brush
  const id = `g${definitions.length}`
  const frequency = random.uniform(0.6, 7).toFixed(3)
  definitions.push(`<filter id="${id}" x="0" y="0" width="1" height="1"><feTurbulence type="${random.chance(0.6) ? 'fractalNoise' : 'turbulence'}" baseFrequency="${frequency} ${random.chance(0.3) ? (Number(frequency) * 4).toFixed(3) : frequency}" numOctaves="3" seed="${random.integer(1, 9999)}"/><feColorMatrix type="saturate" values="${random.uniform(0, 1.4).toFixed(2)}"/></filter>`)
  return whole(brush.linear([soft(brush), soft(brush)], random.uniform(0, 180))) + `<g opacity="${random.uniform(0.35, 0.9).toFixed(2)}"><rect x="-1.5" y="-1.5" width="3" height="3" filter="url(#${id})"/></g>`
}

export const backgrounds: readonly [Background, ...Background[]] = [sky, sky, hills, hills, water, grating, checks, dots, bokeh, shards, noise, noise]
