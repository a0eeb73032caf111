/**
 * A gradient whose coarse and fine structure are of equal strength: split into a Laplacian pyramid, every level divided by its root mean square, put
 * together again (Burt and Adelson 1983; Mordvintsev's DeepDreaming with TensorFlow, `lap_normalize`, which has four levels). Borders repeat.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Planes } from '../../images/planes.ts'

/** Binomial, sum 1. */
const kernel = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const
const smallest = 1e-10

interface Level { readonly channels: number; readonly height: number; readonly width: number; readonly data: Float32Array }

/** In place. Levels of which nothing would be left are not split off. */
export async function equalizeLevels({ dims, data }: Planes, levels: number): Promise<void> {
  if (levels === 0) return
  const pyramid: Level[] = [{ channels: dims[1] ?? 1, height: dims[2] ?? 1, width: dims[3] ?? 1, data }]
  for (let level = 0; level < levels; level++) {
    const fine = pyramid.at(-1)!
    if (Math.min(fine.height, fine.width) < 2) break
    const coarse = await reduced(fine)
    await addExpanded(coarse, fine, -1)
    pyramid.push(coarse)
  }
  pyramid.forEach(normalize)
  for (let level = pyramid.length - 1; level > 0; level--) await addExpanded(pyramid[level]!, pyramid[level - 1]!, 1)
}

function normalize({ data }: Level): void {
  let sum = 0
  for (const value of data) sum += value * value
  const factor = 1 / Math.max(smallest, Math.sqrt(sum / data.length))
  for (let index = 0; index < data.length; index++) data[index]! *= factor
}

const clamp = (index: number, length: number): number => Math.min(length - 1, Math.max(0, index))

/** Smoothed, every second row and column. */
async function reduced({ channels, height, width, data }: Level): Promise<Level> {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  const result = new Float32Array(channels * rows * columns)
  const line = new Float64Array(width)
  for (let channel = 0, to = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      line.fill(0)
      kernel.forEach((weight, tap) => {
        const from = (channel * height + clamp(2 * row + tap - 2, height)) * width
        for (let column = 0; column < width; column++) line[column]! += weight * data[from + column]!
      })
      for (let column = 0; column < columns; column++, to++) {
        const at = 2 * column
        result[to] = kernel[0] * line[clamp(at - 2, width)]! + kernel[1] * line[clamp(at - 1, width)]! + kernel[2] * line[at]! + kernel[3] * line[clamp(at + 1, width)]! + kernel[4] * line[clamp(at + 2, width)]!
      }
    }
    await nextTurn()
  }
  return { channels, height: rows, width: columns, data: result }
}

/** fine += sign * coarse at the fine extent: zeros between its samples, smoothed by four times the kernel. */
async function addExpanded(coarse: Level, fine: Level, sign: 1 | -1): Promise<void> {
  const { height, width, data } = fine
  const line = new Float64Array(coarse.width)
  for (let channel = 0, to = 0; channel < fine.channels; channel++) {
    for (let row = 0; row < height; row++) {
      line.fill(0)
      for (const [offset, weight] of between(row)) {
        const from = (channel * coarse.height + clamp((row >> 1) + offset, coarse.height)) * coarse.width
        for (let column = 0; column < coarse.width; column++) line[column]! += sign * weight * coarse.data[from + column]!
      }
      for (let column = 0; column < width; column++, to++) {
        const at = column >> 1
        const right = line[clamp(at + 1, coarse.width)]!
        data[to]! += column % 2 === 0 ? 2 * (kernel[0] * line[clamp(at - 1, coarse.width)]! + kernel[2] * line[at]! + kernel[4] * right) : 2 * (kernel[1] * line[at]! + kernel[3] * right)
      }
    }
    await nextTurn()
  }
}

/** Offsets and weights of the coarse samples that a fine one lies between. */
const between = (index: number): readonly (readonly [offset: number, weight: number])[] =>
  index % 2 === 0 ? [[-1, 2 * kernel[0]], [0, 2 * kernel[2]], [1, 2 * kernel[4]]] : [[0, 2 * kernel[1]], [1, 2 * kernel[3]]]
