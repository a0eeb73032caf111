/** What the steps of an epoch add up to, kept in checkpoints, until its end makes means of them. */
import type { Epoch } from '#contract/training.ts'
import type { CheckpointNotes } from './run-folder.ts'

type Sums = CheckpointNotes['sums']

export const noSums = (): Sums => ({ loss: 0, right: 0, rows: 0, squares: 0, spread: 0, seconds: 0 })

/** `loss` and `score`: means over the batch's `rows` examples. */
export function withBatch(sums: Sums, { loss, score, rows }: { readonly loss: number; readonly score: number; readonly rows: number }): Sums {
  return { ...sums, loss: sums.loss + loss * rows, right: sums.right + score * rows, rows: sums.rows + rows }
}

export function meansOf({ loss, right, rows, seconds }: Sums): Pick<Epoch, 'train' | 'examplesPerSecond' | 'seconds'> {
  const count = Math.max(1, rows)
  return { train: { loss: loss / count, score: right / count }, examplesPerSecond: rows / Math.max(1e-9, seconds), seconds }
}
