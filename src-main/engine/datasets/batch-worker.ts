/** The worker thread behind `prefetchBatches`: makes the batches that it is asked for, one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { openBatches } from './batches.ts'
import type { Batch, BatchOptions } from './batches.ts'

export interface BatchEnvelope { readonly id: number; readonly indices: Int32Array; readonly seed: number | undefined }
export type BatchAnswer = { readonly id: number; readonly batch: Batch } | { readonly id: number; readonly error: string }

const source = openBatches(workerData as BatchOptions)

parentPort?.on('message', ({ id, indices, seed }: BatchEnvelope) => {
  try {
    const batch = source.assemble(indices, seed)
    parentPort?.postMessage({ id, batch } satisfies BatchAnswer, [batch.input.buffer as ArrayBuffer, batch.target.buffer as ArrayBuffer])
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies BatchAnswer)
  }
})
