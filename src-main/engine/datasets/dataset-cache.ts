/** Data sets that were loaded lately: describing one, showing its examples and training on it read it once. */
import { stat } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { DataSource } from '#contract/training.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { Dataset } from './dataset.ts'
import type { ReadControls } from './define-format.ts'
import { loadDataset } from './load-dataset.ts'

interface Entry { readonly key: string; readonly loading: Promise<Dataset>; readonly abort: AbortController; waiting: number; settled: boolean }

export class DatasetCache {
  readonly #entries: Entry[] = []
  readonly #capacity: number

  /** Kept at most, the most recently used; two share what a person compares. */
  constructor(capacity = 2) {
    this.#capacity = capacity
  }

  /** As `loadDataset`. Who asks for what is being loaded waits for the same; it is cancelled when nobody waits any more. */
  async load(source: DataSource, controls: ReadControls): Promise<Dataset> {
    const key = JSON.stringify([source, controls.seed, controls.size, ...(await stampsOf(source))])
    const at = this.#entries.findIndex((entry) => entry.key === key && !entry.abort.signal.aborted)
    const entry = at < 0 ? this.#begin(key, source, controls) : this.#entries.splice(at, 1)[0]!
    this.#entries.unshift(entry)
    this.#entries.splice(this.#capacity).forEach((dropped) => { if (dropped.waiting === 0) dropped.abort.abort() })
    return await this.#wait(entry, controls.signal)
  }

  clear(): void {
    this.#entries.length = 0
  }

  #begin(key: string, source: DataSource, controls: ReadControls): Entry {
    const abort = new AbortController()
    const entry: Entry = { key, abort, waiting: 0, settled: false, loading: loadDataset(source, { ...controls, signal: abort.signal }) }
    const forget = (): void => {
      const at = this.#entries.indexOf(entry)
      if (at >= 0) this.#entries.splice(at, 1)
    }
    entry.loading.then(() => { entry.settled = true }, forget)
    return entry
  }

  async #wait(entry: Entry, signal: AbortSignal | undefined): Promise<Dataset> {
    throwIfCancelled(signal)
    entry.waiting++
    let cancel = (): void => undefined
    const cancelled = new Promise<never>((_, reject) => { cancel = () => reject(new AppError('cancelled', 'Cancelled.')) })
    signal?.addEventListener('abort', cancel)
    try {
      return await Promise.race([entry.loading, cancelled])
    } finally {
      signal?.removeEventListener('abort', cancel)
      entry.waiting--
      if (entry.waiting === 0 && !entry.settled) entry.abort.abort()
    }
  }
}

/** A file that was written again, or a folder in which files came or went, is another source. What lies deeper is not looked at. */
async function stampsOf(source: DataSource): Promise<number[]> {
  if (source.kind === 'generator') return []
  const paths = source.validation === undefined ? [source.path] : [source.path, source.validation]
  return await Promise.all(paths.map(async (path) => await stat(path).then(({ mtimeMs }) => mtimeMs, () => 0)))
}
