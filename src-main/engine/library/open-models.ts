/** Models that are open: their networks, and how pictures are prepared for them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, isAppError } from '#contract/errors.ts'
import { PreprocessingRecord } from '#contract/preprocessing.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import type { FileSource } from '#contract/wire.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Pixels } from '../images/pixels.ts'
import { openStoredJson } from '../lib/stored-json.ts'
import type { Network } from '../network/network.ts'
import { openNetwork } from '../network/open-network.ts'
import { describeTask } from '../preprocessing/model-task.ts'
import type { ModelTask } from '../preprocessing/model-task.ts'
import { saveRecordFile } from '../preprocessing/record-file.ts'
import type { ModelPlace } from '../preprocessing/record-file.ts'
import { givenRecord, guessRecord, initialRecord } from '../preprocessing/resolve.ts'
import type { GuessControls } from '../preprocessing/resolve.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { sourceKey } from './sources.ts'
import type { Sources } from './sources.ts'

export interface OpenedModel {
  /** SHA-256 of the file: the handle. */
  readonly id: string
  readonly source: FileSource
  readonly network: Network
  readonly task: ModelTask
  /** Absent for models without a picture input. */
  readonly record: PreprocessingRecord | undefined
}

export interface OpenModels {
  open(source: FileSource): Promise<OpenedModel>
  /** Throws 'not-found' for a model that is not open. */
  get(model: string): OpenedModel
  /** The record to use for a picture: where it is not known yet, it is guessed from this one. */
  recordFor(model: string, picture: Pixels, controls?: GuessControls): Promise<PreprocessingRecord>
  /** Guesses anew, from this picture and those guessed from before; in use from then on unless the present record is confirmed. */
  guess(model: string, picture: Pixels, controls?: GuessControls): Promise<PreprocessingRecord>
  confirm(model: string, preprocessing: Preprocessing): Promise<{ readonly record: PreprocessingRecord; readonly savedTo: string }>
  /** Keeps it open while long work uses it, whatever else is opened or closed meanwhile; answers how to let go. */
  hold(model: string): () => Promise<void>
  close(model: string): Promise<void>
  dispose(): Promise<void>
}

export interface OpenModelsOptions {
  readonly runtime: Runtime
  readonly sources: Sources
  readonly catalogue: Catalogue
  readonly dataFolder: string
  readonly onNotice: (message: string) => void
}

/** Networks kept open beside the latest one: going back to a model is quick, and memory stays bounded. */
const mostOpen = 3
/** Pictures that a guess is made from, at most. */
const mostEvidence = 4

interface Entry extends OpenedModel {
  readonly place: ModelPlace
  record: PreprocessingRecord | undefined
  evidence: readonly Pixels[]
  guessing: Promise<PreprocessingRecord> | undefined
}

export function createOpenModels({ runtime, sources, catalogue, dataFolder, onNotice }: OpenModelsOptions): OpenModels {
  const entries = new Map<string, Entry>()
  const opening = new Map<string, Promise<Entry>>()
  const holds = new Map<Entry, number>()

  function find(model: string): Entry {
    const entry = entries.get(model)
    if (!entry) throw new AppError('not-found', 'This model is not open any more. Open it again.')
    // The latest used stands last.
    entries.delete(model)
    entries.set(model, entry)
    return entry
  }

  async function openEntry(source: FileSource): Promise<Entry> {
    const { path, own } = await sources.locate(source)
    const network = await openNetwork(path, { runtime })
    const same = entries.get(network.id)
    if (same) {
      await network.dispose()
      return find(network.id)
    }
    const place: ModelPlace = { sha256: network.id, dataFolder, ...(own ? { path } : {}) }
    const record = await recordOf(network, place)
    const entry: Entry = { id: network.id, source, network, task: describeTask(network), place, record, evidence: [], guessing: undefined }
    entries.set(network.id, entry)
    for (const oldest of [...entries.keys()].slice(0, Math.max(0, entries.size - mostOpen))) await close(oldest)
    return entry
  }

  /** A record file that is damaged must not keep its model from opening. */
  async function recordOf(network: Network, place: ModelPlace): Promise<PreprocessingRecord | undefined> {
    const known = { catalogue: catalogue.recognize(network.id) }
    const record = await initialRecord(network, { place, ...known }).catch((error: unknown) => {
      if (!isAppError(error)) throw error
      onNotice(error.message)
      return initialRecord(network, known)
    })
    if (record?.source !== 'guessed') return record
    const earlier = await readFile(guessFile(network.id), 'utf8').then((text) => PreprocessingRecord.parse(JSON.parse(text)), () => undefined)
    return earlier?.preprocessing.input === record.preprocessing.input ? earlier : record
  }

  const guessFile = (model: string): string => join(dataFolder, 'cache', 'guesses', `${model}.json`)

  async function guess(entry: Entry, picture: Pixels, controls: GuessControls): Promise<PreprocessingRecord> {
    const evidence = [...entry.evidence.filter((each) => each !== picture), picture].slice(-mostEvidence)
    const record = await guessRecord(entry.network, evidence, controls)
    entry.evidence = evidence
    if (!entry.record?.confirmed) {
      entry.record = record
      const stored = await openStoredJson<PreprocessingRecord>(guessFile(entry.id), PreprocessingRecord, record)
      await stored.set(record).catch(() => undefined)
    }
    return record
  }

  async function close(model: string): Promise<void> {
    const entry = entries.get(model)
    entries.delete(model)
    // Whoever holds it last disposes it.
    if (entry && !holds.has(entry)) await entry.network.dispose()
  }

  function hold(model: string): () => Promise<void> {
    const entry = find(model)
    holds.set(entry, (holds.get(entry) ?? 0) + 1)
    let held = true
    return async () => {
      if (!held) return
      held = false
      const left = (holds.get(entry) ?? 1) - 1
      if (left > 0) holds.set(entry, left)
      else holds.delete(entry)
      if (left === 0 && entries.get(model) !== entry) await entry.network.dispose()
    }
  }

  return {
    open(source) {
      const key = sourceKey(source)
      const running = opening.get(key) ?? openEntry(source).finally(() => opening.delete(key))
      opening.set(key, running)
      return running
    },
    get: find,
    async recordFor(model, picture, controls = {}) {
      const entry = find(model)
      if (!entry.record) throw new AppError('preprocessing-invalid', `${entry.network.summary.name} takes no picture.`)
      if (entry.record.source !== 'guessed' || entry.record.candidates.length > 0) return entry.record
      entry.guessing ??= guess(entry, picture, controls).finally(() => { entry.guessing = undefined })
      return entry.guessing
    },
    guess: (model, picture, controls = {}) => guess(find(model), picture, controls),
    async confirm(model, preprocessing) {
      const entry = find(model)
      const record = givenRecord(entry.network, preprocessing)
      const savedTo = await saveRecordFile(entry.place, record.preprocessing)
      entry.record = record
      return { record, savedTo }
    },
    hold,
    close,
    async dispose() {
      for (const model of [...entries.keys()]) await close(model)
    },
  }
}
