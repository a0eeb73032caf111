/** Accuracy, overall and by class, of an exported model on pictures it never saw. */
import type { PictureSet } from '../datasets/picture-set.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { assembleBatch } from './batch.ts'
import { pictureInput } from './network.ts'
import type { Recipe } from './recipe.ts'

export interface Evaluation {
  /** Share of pictures whose class is the first answer, 0..1. */
  readonly accuracy: number
  /** Mean of -log p(true class). */
  readonly loss: number
  /** Recall by class, 0..1. */
  readonly recall: readonly number[]
}

const batchSize = 64

export async function evaluate(runtime: Runtime, model: Uint8Array, set: PictureSet, recipe: Pick<Recipe, 'mean' | 'std' | 'labelSmoothing' | 'augment'>): Promise<Evaluation> {
  const session = await runtime.open({ kind: 'bytes', bytes: model }, { lane: 'training' })
  const right = new Float64Array(set.classes)
  const seen = new Float64Array(set.classes)
  let loss = 0
  try {
    for (let start = 0; start < set.labels.length; start += batchSize) {
      const indices = Array.from({ length: Math.min(batchSize, set.labels.length - start) }, (_, index) => start + index)
      const { pictures } = assembleBatch(set, indices, recipe, undefined)
      const { probabilities } = await session.run({ [pictureInput]: floatTensor([indices.length, 3, set.size, set.size], pictures) }, ['probabilities'])
      const data = probabilities?.data as Float32Array
      indices.forEach((picture, row) => {
        const answers = data.subarray(row * set.classes, (row + 1) * set.classes)
        const label = set.labels[picture] ?? 0
        seen[label] = (seen[label] ?? 0) + 1
        if (answers.indexOf(Math.max(...answers)) === label) right[label] = (right[label] ?? 0) + 1
        loss -= Math.log(Math.max(1e-12, answers[label] ?? 0))
      })
    }
  } finally {
    await session.dispose()
  }
  const total = set.labels.length
  return { accuracy: right.reduce((sum, count) => sum + count, 0) / total, loss: loss / total, recall: Array.from(right, (count, label) => count / Math.max(1, seen[label] ?? 0)) }
}
