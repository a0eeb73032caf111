/** What stands around pictures: a digit drawn in ink on paper, or one in light on dark. */
import type { Dataset, PictureInput } from './dataset.ts'

/** Pictures that are looked at, spread over all. */
const probes = 500
/** Share of them that must agree: a background, not chance. */
const agreement = 0.95

/** Mean brightness of the outermost pixels of one picture, 0..1. */
function borderOf({ pixels, channels, height, width }: PictureInput, index: number): number {
  const from = index * height * width * channels
  let sum = 0, count = 0
  for (let row = 0; row < height; row++) {
    const step = row === 0 || row === height - 1 ? 1 : Math.max(1, width - 1)
    for (let column = 0; column < width; column += step) {
      for (let channel = 0; channel < channels; channel++, count++) sum += pixels[from + (row * width + column) * channels + channel]!
    }
  }
  return sum / count / 255
}

/** 'dark' or 'light' where nearly all of these pictures have such a border; undefined where they differ, as photographs do. */
export function commonBorder(input: PictureInput, indices: ArrayLike<number>): 'dark' | 'light' | undefined {
  const step = Math.max(1, indices.length / probes)
  let dark = 0, light = 0
  for (let place = 0; place < indices.length; place += step) {
    if (borderOf(input, indices[Math.floor(place)]!) < 0.5) dark++
    else light++
  }
  if (dark + light === 0) return undefined
  return dark >= agreement * (dark + light) ? 'dark' : light >= agreement * (dark + light) ? 'light' : undefined
}

/** Grey pictures that are light on dark throughout: what learns from them has never seen dark on light, and wants it inverted. */
export const wantsLightOnDark = ({ input }: Pick<Dataset, 'input'>, train: ArrayLike<number>): boolean => input.kind === 'pictures' && input.channels === 1 && commonBorder(input, train) === 'dark'

/** Where the two parts of grey pictures are of opposite kinds. */
export function borderWarnings({ input }: Pick<Dataset, 'input'>, train: ArrayLike<number>, validation: ArrayLike<number>): string[] {
  if (input.kind !== 'pictures' || input.channels !== 1) return []
  const [learned, asked] = [commonBorder(input, train), commonBorder(input, validation)]
  if (learned === undefined || asked === undefined || learned === asked) return []
  return [`The pictures to learn from have ${learned} borders, the held-out ones ${asked} ones, as light digits on dark beside ink on paper. Invert the held-out ones (option 'validation.invert').`]
}
