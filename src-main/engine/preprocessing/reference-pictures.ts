/**
 * Pictures of nothing: coloured noise with the 1/f amplitudes of natural scenes (Field 1987), and overlapping rectangles (the
 * dead-leaves model, Lee et al. 2001). A candidate under which a network answers them as it answers a photograph is one that it
 * does not see through.
 */
import { pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { resizePixels } from '../images/resample.ts'
import { createRandom } from '../lib/random.ts'

export function referencePictures(height: number, width: number): readonly Pixels[] {
  return [pinkNoise(1, height, width), deadLeaves(1, height, width), pinkNoise(2, height, width), deadLeaves(2, height, width)]
}

const finestCells = 128
const middleGrey = 118

function pinkNoise(seed: number, height: number, width: number): Pixels {
  const random = createRandom(seed)
  const sum = new Float32Array(height * width * 3).fill(middleGrey)
  for (let cells = 2; cells <= finestCells; cells *= 2) {
    const coarse = pixelsOf(cells, cells, Uint8Array.from({ length: cells * cells * 3 }, () => random.integer(0, 255)))
    const fine = resizePixels(coarse, width, height)
    for (let index = 0; index < sum.length; index++) sum[index]! += ((fine.data[index]! - 127.5) * 2) / cells
  }
  return pixelsOf(width, height, new Uint8Array(Uint8ClampedArray.from(sum).buffer))
}

const leaves = 25

function deadLeaves(seed: number, height: number, width: number): Pixels {
  const random = createRandom(seed)
  const color = (): readonly [number, number, number] => [random.integer(0, 255), random.integer(0, 255), random.integer(0, 255)]
  const data = new Uint8Array(height * width * 3)
  const paint = (left: number, top: number, right: number, bottom: number): void => {
    const shade = color()
    for (let row = top; row < Math.min(height, bottom); row++)
      for (let column = left; column < Math.min(width, right); column++) data.set(shade, (row * width + column) * 3)
  }
  paint(0, 0, width, height)
  const extent = (side: number): number => random.integer(Math.ceil(side / 40), Math.ceil(side / 2))
  for (let leaf = 0; leaf < leaves; leaf++) {
    const left = random.integer(0, width - 1), top = random.integer(0, height - 1)
    paint(left, top, left + extent(width), top + extent(height))
  }
  return pixelsOf(width, height, data)
}
