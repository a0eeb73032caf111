/**
 * A run on disk:
 *   run.json       what it is and how far it came        recipe.json    what it depends on
 *   history.json   one record an epoch                   steps.jsonl    one record a step, appended
 *   report.json    final numbers and findings            model.onnx     the best model
 *   checkpoints/epoch-0001.safetensors ...               the whole state at the end of every epoch, with the history up to it
 *   checkpoints/latest.safetensors                       in mid-epoch, every so often
 *   events.out.tfevents.*                                TensorBoard's
 * Every file but the appended ones is replaced in one step, so that what is there is whole whenever the process dies.
 */
import { appendFile, readFile, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { DataSummary, Epoch, Finding, FixOutcome, Recipe, RunState } from '#contract/training.ts'
import { makeFolder } from '../lib/make-folder.ts'
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors.ts'
import type { NamedTensor } from '../lib/safetensors.ts'
import { unwritable, writeFileAtomically } from '../lib/write-file.ts'
import type { StepObservation } from './doctor/observation.ts'
import { checkRecipe } from './recipe.ts'

export const RunRecord = z.object({
  id: z.string(), name: z.string(), state: RunState, startedAt: z.number(), endedAt: z.number().optional(), epoch: z.number(),
  best: z.object({ epoch: z.number(), loss: z.number(), score: z.number() }).optional(), parent: z.string().optional(), error: z.string().optional(), device: z.string(),
  /** The process that runs it; another process that finds it running knows that it died. */
  process: z.number(), findings: z.array(Finding), outcomes: z.array(FixOutcome),
  data: DataSummary.optional(), stepsPerEpoch: z.number(), inputDims: z.array(z.number()),
  /** Of what the network is fed with; one value where all channels or columns have the same. */
  standardization: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }).optional(),
})
export type RunRecord = z.infer<typeof RunRecord>

/** A standardisation as a record holds it. */
export function shortened({ mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] }): NonNullable<RunRecord['standardization']> {
  const one = (values: readonly number[]): number[] => (values.every((value) => value === values[0]) ? values.slice(0, 1) : [...values])
  return { mean: one(mean), std: one(std) }
}

/** Where training stands beside the tensors. */
export const CheckpointNotes = z.object({
  /** Steps done. */
  step: z.number(), epoch: z.number(), batch: z.number(), rate: z.number(),
  /** Sums over the epoch's batches so far. */
  sums: z.object({ loss: z.number(), right: z.number(), rows: z.number(), squares: z.number(), spread: z.number(), seconds: z.number() }),
  history: z.array(Epoch), best: RunRecord.shape.best, waited: z.number(),
})
export type CheckpointNotes = z.infer<typeof CheckpointNotes>

export interface Checkpoint { readonly tensors: ReadonlyMap<string, NamedTensor>; readonly notes: CheckpointNotes }

/** Of a checkpoint's tensors: the class given to each validation example. */
export const predictionsTensor = 'validation/predicted'
/** Of numbers: the answers to some validation examples, standardised. */
export const answersTensor = 'validation/answers'

const text = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`)
const epochFile = (epoch: number): string => `epoch-${String(epoch).padStart(4, '0')}.safetensors`
const latestFile = 'latest.safetensors'

export class RunFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  file(name: string): string {
    return join(this.path, name)
  }

  async create(): Promise<void> {
    await makeFolder(this.file('checkpoints'))
  }

  async writeJson(name: 'run.json' | 'recipe.json' | 'history.json' | 'report.json', value: unknown): Promise<void> {
    await writeFileAtomically(this.file(name), [text(value)], { durable: true })
  }

  async writeModel(bytes: Uint8Array): Promise<void> {
    await writeFileAtomically(this.file('model.onnx'), [bytes], { durable: true })
  }

  async readRecord(): Promise<RunRecord> {
    return RunRecord.parse(JSON.parse(await readText(this.file('run.json'))))
  }

  async readRecipe(): Promise<Recipe> {
    const path = this.file('recipe.json')
    return checkRecipe(JSON.parse(await readText(path)), path)
  }

  async readHistory(): Promise<Epoch[]> {
    return z.array(Epoch).parse(JSON.parse(await readText(this.file('history.json'))))
  }

  /** At the end of an epoch (`notes.batch` 0), or in its middle. */
  async writeCheckpoint({ tensors, notes }: Checkpoint): Promise<void> {
    const name = notes.batch === 0 ? epochFile(notes.epoch) : latestFile
    await writeFileAtomically(join(this.path, 'checkpoints', name), encodeSafetensors({ tensors, metadata: { training: JSON.stringify(notes) } }), { durable: true })
  }

  async readCheckpoint(epoch: number): Promise<Checkpoint> {
    return this.#read(epochFile(epoch))
  }

  /** The newest that can be read; undefined where there is none. */
  async newestCheckpoint(): Promise<Checkpoint | undefined> {
    const names = await readdir(this.file('checkpoints')).catch(() => [])
    const found: Checkpoint[] = []
    for (const name of [latestFile, ...names.filter((each) => /^epoch-\d+\.safetensors$/.test(each)).sort().toReversed()]) {
      const checkpoint = await this.#read(name).catch(() => undefined)
      if (checkpoint) found.push(checkpoint)
      // Of the epochs' only the last whole one counts; 'latest' may lie behind or before it.
      if (checkpoint && name !== latestFile) break
    }
    return found.sort((a, b) => b.notes.step - a.notes.step)[0]
  }

  async epochsKept(): Promise<number[]> {
    const names = await readdir(this.file('checkpoints')).catch(() => [])
    return names.flatMap((name) => { const match = /^epoch-(\d+)\.safetensors$/.exec(name); return match ? [Number(match[1])] : [] }).sort((a, b) => a - b)
  }

  /** Checkpoints of later epochs belong to a course that was left. */
  async forgetAfter(epoch: number): Promise<void> {
    for (const kept of await this.epochsKept()) if (kept > epoch) await rm(join(this.path, 'checkpoints', epochFile(kept)), { force: true })
  }

  /** Drafts of files that a process was writing when it died. */
  async tidy(): Promise<void> {
    for (const folder of [this.path, this.file('checkpoints')]) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) if (/\.[0-9a-f]{8}\.part$/.test(name)) await rm(join(folder, name), { force: true }).catch(() => undefined)
    }
  }

  async #read(name: string): Promise<Checkpoint> {
    const path = join(this.path, 'checkpoints', name)
    const bytes = await readFile(path).catch((cause: unknown) => { throw new AppError('file-missing', `${path} cannot be read: ${(cause as Error).message}`, { cause }) })
    const { tensors, metadata } = decodeSafetensors(bytes, path)
    return { tensors, notes: CheckpointNotes.parse(JSON.parse(metadata['training'] ?? '{}')) }
  }

  async appendSteps(steps: readonly StepObservation[]): Promise<void> {
    const path = this.file('steps.jsonl')
    if (steps.length > 0) await appendFile(path, steps.map((step) => `${JSON.stringify(step)}\n`).join('')).catch((error: unknown) => { throw unwritable(path, error) })
  }

  /** Steps up to `last`; what was written after it is cut off. A line that a dying process left unfinished is passed over. */
  async readSteps(last = Infinity): Promise<StepObservation[]> {
    const path = this.file('steps.jsonl')
    const content = await readFile(path, 'utf8').catch(() => '')
    const steps: StepObservation[] = []
    let length = 0
    for (const line of content.split('\n')) {
      let step: StepObservation
      try {
        step = JSON.parse(line) as StepObservation
      } catch {
        break
      }
      if (step.step > last) break
      steps.push(step)
      length += Buffer.byteLength(line) + 1
    }
    if (last < Infinity && length < Buffer.byteLength(content)) await truncate(path, length).catch(() => undefined)
    return steps
  }

  async exists(): Promise<boolean> {
    return stat(this.file('recipe.json')).then(() => true, () => false)
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => { throw new AppError('file-missing', `${path} cannot be read: ${(cause as Error).message}`, { cause }) })
}
