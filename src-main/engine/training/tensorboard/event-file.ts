/** TensorBoard's event files: written beside a run, and read to overlay others. */
import { appendFile, mkdir, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { decodeEvent, encodeRestart, encodeScalar, encodeVersion } from './event.ts'
import { frameRecord, readRecords } from './records.ts'

const flushMs = 1000
const flushBytes = 1 << 16

/** Appends scalars to a new file in a folder. Every write holds whole records, so that a killed writer leaves a readable file. */
export class EventWriter {
  readonly path: string
  readonly #named = new Set<string>()
  #waiting: Uint8Array[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #error: unknown

  private constructor(path: string) {
    this.path = path
  }

  /** `from`: the run goes on from this step; what earlier files of the folder hold of it and of later ones is void. */
  static async open(folder: string, { from }: { readonly from?: number } = {}): Promise<EventWriter> {
    await mkdir(folder, { recursive: true })
    const seconds = Date.now() / 1000
    // TensorBoard knows files by 'tfevents' and reads them in the order of their names.
    const writer = new EventWriter(join(folder, `events.out.tfevents.${seconds.toFixed(3)}.phosphene.${process.pid}`))
    writer.#add(encodeVersion(seconds))
    if (from !== undefined) writer.#add(encodeRestart(seconds, from))
    await writer.flush()
    if (writer.#error !== undefined) throw writer.#unwritable()
    return writer
  }

  scalar(tag: string, step: number, value: number): void {
    this.#add(encodeScalar(Date.now() / 1000, step, { tag, value }, !this.#named.has(tag)))
    this.#named.add(tag)
  }

  /** Everything so far is in the file; a failure is told by `close`. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const chunk = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#bytes = 0
    if (chunk.length > 0) this.#writing = this.#writing.then(() => this.#append(chunk))
    return this.#writing
  }

  /** @throws AppError 'file-unwritable' where something could not be written */
  async close(): Promise<void> {
    await this.flush()
    if (this.#error !== undefined) throw this.#unwritable()
  }

  #add(event: Uint8Array): void {
    if (this.#error !== undefined) return
    const record = frameRecord(event)
    this.#waiting.push(record)
    this.#bytes += record.length
    if (this.#bytes >= flushBytes) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), flushMs).unref()
  }

  async #append(chunk: Uint8Array): Promise<void> {
    if (this.#error !== undefined) return
    try {
      await appendFile(this.path, chunk)
    } catch (error) {
      this.#error = error
    }
  }

  #unwritable(): AppError {
    return new AppError('file-unwritable', `${this.path} cannot be written: ${this.#error instanceof Error ? this.#error.message : String(this.#error)}.`, { data: { path: this.path }, cause: this.#error })
  }
}

export interface ScalarSeries { readonly tag: string; readonly steps: number[]; readonly values: number[] }

/** Folders below the one that is asked for. */
const deepest = 4
const mostFiles = 1000

/**
 * The scalars of an event file, or of all event files in a folder and the folders below; those of a subfolder (a run) bear its name before the tag.
 * Damaged records and cut-off tails are stepped over.
 * @throws AppError 'file-missing', 'not-found' where a folder holds no event files, 'file-unreadable' where a file is none
 */
export async function readScalars(path: string): Promise<ScalarSeries[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw new AppError('file-missing', `${path} does not exist.`, { data: { path }, cause: error })
  })
  const files = info.isDirectory() ? await eventFiles(path, 0) : [path]
  if (files.length === 0) throw new AppError('not-found', `There are no TensorBoard event files (…tfevents…) in ${path} or the folders below it.`, { data: { path } })
  const series = new Map<string, Map<number, number>>()
  // The names hold the time at which they were begun.
  for (const file of files.sort((a, b) => basename(a).localeCompare(basename(b), 'en', { numeric: true }))) {
    const run = info.isDirectory() ? relative(path, join(file, '..')).split(sep).join('/') : ''
    await readFileInto(file, run === '' ? '' : `${run}/`, series)
  }
  return [...series].map(([tag, points]) => {
    const ordered = [...points].sort(([a], [b]) => a - b)
    return { tag, steps: ordered.map(([step]) => step), values: ordered.map(([, value]) => value) }
  }).sort((a, b) => a.tag.localeCompare(b.tag))
}

async function readFileInto(file: string, prefix: string, series: Map<string, Map<number, number>>): Promise<void> {
  const plugins = new Map<string, string>()
  let events = 0
  for await (const outcome of readRecords(file)) {
    if (outcome.kind !== 'record') continue
    let event
    try {
      event = decodeEvent(outcome.bytes, plugins)
    } catch {
      continue
    }
    events++
    const { step, restarts, scalars } = event
    if (restarts) for (const [tag, points] of series) if (tag.startsWith(prefix)) for (const done of [...points.keys()]) if (done >= step) points.delete(done)
    for (const { tag, value } of scalars) {
      const name = prefix + tag
      const points = series.get(name) ?? new Map<number, number>()
      series.set(name, points.set(step, value))
    }
  }
  if (events === 0 && (await stat(file)).size > 0) throw new AppError('file-unreadable', `${file} is not a TensorBoard event file, or is damaged from its first record on.`, { data: { path: file } })
}

async function eventFiles(folder: string, depth: number): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isFile() && entry.name.includes('tfevents')) found.push(path)
    else if (entry.isDirectory() && depth < deepest) found.push(...await eventFiles(path, depth + 1))
    if (found.length >= mostFiles) break
  }
  return found
}
