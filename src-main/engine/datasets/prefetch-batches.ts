/** Batches made in a worker thread while the network trains; the same numbers as `openBatches` makes. */
import { Worker } from 'node:worker_threads'
import { AppError } from '#contract/errors.ts'
import { inputDimsOf, outputsOf } from './dataset.ts'
import { extentOf } from './batches.ts'
import type { Batch, BatchOptions } from './batches.ts'
import { workerPath } from '../lib/worker-location.ts'
import type { BatchAnswer, BatchEnvelope } from './batch-worker.ts'

export interface BatchRequest { readonly indices: Int32Array; readonly seed: number | undefined }

export interface PrefetchedBatches {
  /** Behind the batch axis. */
  readonly inputDims: readonly number[]
  readonly outputs: number
  /** One batch; several may be asked for at once, and are made in their order. */
  fetch(request: BatchRequest): Promise<Batch>
  /** The batches of `requests` in their order; up to `ahead` more are being made while one is used. Leaving the loop early is fine. */
  stream(requests: Iterable<BatchRequest>, ahead?: number): AsyncGenerator<Batch, void, undefined>
  dispose(): Promise<void>
}

/** Pictures in shared memory are not copied; other arrays are, once. */
export function prefetchBatches(options: BatchOptions): PrefetchedBatches {
  const { input, target } = options.dataset
  // Only what can be cloned: a data set's `origin` is a function.
  const worker = new Worker(workerPath('batch-worker'), { name: 'phosphene batches', workerData: { ...options, dataset: { input, target } } satisfies BatchOptions })
  const waiting = new Map<number, { readonly resolve: (batch: Batch) => void; readonly reject: (error: Error) => void }>()
  let nextId = 0
  let ended: Error | undefined
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: BatchAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (waiting.size === 0) worker.unref()
    if ('batch' in answer) asked?.resolve(answer.batch)
    else asked?.reject(new AppError('bug', `Internal error: a batch could not be made: ${answer.error}`))
  })
  worker.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new AppError('out-of-memory', 'There was not enough memory to make a batch. Use a smaller batch or smaller pictures.', { cause: error })
    : new AppError('bug', `Internal error: the thread that makes batches failed: ${error.message}`, { cause: error })))
  worker.on('exit', () => end(new AppError('cancelled', 'The batches were closed.')))
  worker.unref()

  const fetch = ({ indices, seed }: BatchRequest): Promise<Batch> => new Promise((resolve, reject) => {
    if (ended) return reject(ended)
    const id = nextId++
    waiting.set(id, { resolve, reject })
    worker.ref()
    worker.postMessage({ id, indices, seed } satisfies BatchEnvelope)
  })

  return {
    inputDims: input.kind === 'pictures' ? [input.channels, extentOf(input, options.size).height, extentOf(input, options.size).width] : inputDimsOf(options.dataset),
    outputs: outputsOf(options.dataset),
    fetch,
    async *stream(requests, ahead = 2) {
      const iterator = requests[Symbol.iterator]()
      const made: Promise<Batch>[] = []
      for (;;) {
        while (made.length <= ahead) {
          const next = iterator.next()
          if (next.done) break
          const batch = fetch(next.value)
          // One that nobody waits for any more fails in silence.
          batch.catch(() => undefined)
          made.push(batch)
        }
        const first = made.shift()
        if (!first) return
        yield await first
      }
    },
    async dispose() {
      end(new AppError('cancelled', 'The batches were closed.'))
      await worker.terminate()
    },
  }
}
