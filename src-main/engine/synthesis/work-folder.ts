/**
 * A run of a synthesis on disk:
 *   run.json                          what it is, how far it came, its items
 *   checkpoints/000123.safetensors    the state behind that step
 *   results/<name>.<extension>        finished items; <name>.npy beside those kept unrounded
 * Every file is replaced in one step, so that what is there is whole whenever the process dies.
 */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { SynthesisRun } from '#contract/synthesis.ts'
import type { SynthesisItem } from '#contract/synthesis.ts'
import { float32Npy } from '../lib/npy.ts'
import { unwritable, writeFileAtomically } from '../lib/write-file.ts'
import { checkpointIn, writeCheckpointFile } from './checkpoint-file.ts'
import type { Checkpoint } from './define-work.ts'
import { tensorOf } from './work-picture.ts'
import type { MadeItem } from './work-run.ts'

const WorkRecord = SynthesisRun.extend({ /** The process that runs it: another one that finds it running knows that it died. */ process: z.number(), /** Step behind which each item was made. */ itemSteps: z.record(z.string(), z.number()) })
export type WorkRecord = z.infer<typeof WorkRecord>

/** The newest few, and of older ones every so often, so that long runs can be branched without filling the disk. */
const mostCheckpoints = 12

const checkpointPattern = /^(\d+)\.safetensors$/
export const fileNameOf = (name: string): string => name.replaceAll(/[^\w.-]+/g, '_')

export class WorkFolder {
  readonly path: string
  constructor(path: string) { this.path = path }

  async create(): Promise<void> {
    for (const folder of ['checkpoints', 'results']) await mkdir(join(this.path, folder), { recursive: true }).catch((error: unknown) => { throw unwritable(join(this.path, folder), error) })
  }

  async writeRecord(record: WorkRecord): Promise<void> {
    await writeFileAtomically(join(this.path, 'run.json'), [new TextEncoder().encode(`${JSON.stringify(record)}\n`)], { durable: true })
  }

  async readRecord(): Promise<WorkRecord> {
    return WorkRecord.parse(JSON.parse(await readFile(join(this.path, 'run.json'), 'utf8')))
  }

  async writeItem({ item, bytes, values, thumbnail }: MadeItem): Promise<void> {
    const base = join(this.path, 'results', fileNameOf(item.name))
    await writeFileAtomically(`${base}.${item.extension}`, [bytes], { durable: true })
    if (values) { const { dims, data } = tensorOf(values); await writeFileAtomically(`${base}.npy`, [float32Npy(dims, data)]) }
    if (thumbnail) await writeFileAtomically(`${base}.thumbnail`, [thumbnail])
  }

  readItem(item: SynthesisItem): Promise<Uint8Array> { return this.#read(`${fileNameOf(item.name)}.${item.extension}`) }
  /** Unrounded, as an .npy file. */
  readValues(item: SynthesisItem): Promise<Uint8Array> { return this.#read(`${fileNameOf(item.name)}.npy`) }
  readThumbnail(item: SynthesisItem): Promise<Uint8Array | undefined> { return this.#read(`${fileNameOf(item.name)}.thumbnail`).catch(() => undefined) }

  async #read(name: string): Promise<Uint8Array> {
    const path = join(this.path, 'results', name)
    return readFile(path).catch((cause: unknown) => { throw new AppError('file-missing', `${path} cannot be read: ${(cause as Error).message}`, { cause }) })
  }

  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await writeCheckpointFile(this.#checkpoint(checkpoint.step), checkpoint)
    const kept = await this.checkpoints()
    if (kept.length > mostCheckpoints) await rm(this.#checkpoint(densest(kept)), { force: true })
  }

  /** Their steps, ascending. */
  async checkpoints(): Promise<number[]> {
    const names = await readdir(join(this.path, 'checkpoints')).catch(() => [])
    return names.flatMap((name) => { const match = checkpointPattern.exec(name); return match ? [Number(match[1])] : [] }).sort((a, b) => a - b)
  }

  /** The last one at or before that step that can be read; undefined where there is none. */
  async checkpointAt(step = Infinity): Promise<Checkpoint | undefined> {
    for (const at of (await this.checkpoints()).filter((each) => each <= step).toReversed()) {
      const path = this.#checkpoint(at)
      const read = await readFile(path).then((bytes) => checkpointIn(bytes, path)).catch(() => undefined)
      if (read) return read
    }
    return undefined
  }

  remove(): Promise<void> { return rm(this.path, { recursive: true, force: true }) }
  #checkpoint(step: number): string { return join(this.path, 'checkpoints', `${String(step).padStart(6, '0')}.safetensors`) }
}

/** The one whose neighbors are closest together: leaving it out loses least. */
function densest(steps: readonly number[]): number {
  let best = { step: steps[1] ?? 0, gap: Infinity }
  for (let at = 1; at < steps.length - 1; at++) {
    const gap = (steps[at + 1] ?? 0) - (steps[at - 1] ?? 0)
    if (gap < best.gap) best = { step: steps[at] ?? 0, gap }
  }
  return best.step
}
