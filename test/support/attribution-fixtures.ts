/** The tiny networks of test/fixtures/attribution and what PyTorch computes on them in float64 (test/support/torch-attribution.py). */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Preprocessing } from '#contract/preprocessing.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'

export interface ReferenceCase {
  readonly name: string
  readonly label: number
  readonly unit: number
  readonly position: readonly [number, number]
  readonly record: Pick<Preprocessing, 'channels' | 'layout' | 'scale' | 'mean' | 'std'> & { readonly inverted: boolean }
  readonly picture: readonly number[]
  readonly logits: readonly number[]
  readonly gradient: readonly number[]
  readonly difference: readonly number[]
  readonly unitGradient: readonly number[]
  readonly positionGradient: readonly number[]
  readonly maps: Readonly<Record<string, readonly number[]>>
}

const folder = new URL('../fixtures/attribution/', import.meta.url)
const { size, cases } = JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) as { size: number; cases: readonly ReferenceCase[] }
export const referenceCases = cases

export const modelPath = ({ name }: ReferenceCase): string => fileURLToPath(new URL(`${name}.onnx`, folder))

export function displayOf({ record: { inverted, ...record } }: ReferenceCase): DisplaySpace {
  const preprocessing: Preprocessing = {
    input: 'data', ...record, invert: inverted, height: size, width: size, fit: 'stretch', labels: ['ant', 'bee', 'cat', 'dog', 'eel'], output: 'probabilities', outputTensor: 'prob',
  }
  return { preprocessing, inverted }
}

export const pictureOf = ({ picture }: ReferenceCase): FloatTensor => floatTensor([1, picture.length / (size * size), size, size], Float32Array.from(picture))

/** ||a - b|| / ||b|| */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return NaN
  let difference = 0, norm = 0
  for (let index = 0; index < expected.length; index++) {
    difference += ((got[index] ?? NaN) - (expected[index] ?? NaN)) ** 2
    norm += (expected[index] ?? NaN) ** 2
  }
  return Math.sqrt(difference / norm)
}
