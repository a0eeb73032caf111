/** One training run from its recipe to its report: what it is told, what it says, and what it leaves on disk. */
import { randomUUID } from 'node:crypto'
import { isAppError } from '#contract/errors.ts'
import type { Finding, FixOutcome, Recipe, RunDetail, RunEvent, RunState, RunSummary } from '#contract/training.ts'
import type { HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Controls } from './controls.ts'
import { Course } from './course.ts'
import { noSums } from './epoch-sums.ts'
import { describeNetwork, initialWeights } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import { openNetSource } from './net-source.ts'
import { Observer } from './observer.ts'
import { prepareData } from './prepare.ts'
import type { LoadData, PreparedData } from './prepare.ts'
import { predictionsTensor, shortened } from './run-folder.ts'
import type { Checkpoint, CheckpointNotes, RunFolder, RunRecord } from './run-folder.ts'
import { NotFiniteError } from './run-progress.ts'
import { writeReport } from './report.ts'
import { dataText, measureOf, netText } from './run-words.ts'
import { ScalarLog } from './scalar-log.ts'
import { StepLog } from './step-log.ts'
import { thinned } from './thin.ts'
import { Trainer } from './trainer.ts'

export interface RunOptions {
  readonly runtime: Runtime
  readonly recipe: Recipe
  readonly folder: RunFolder
  readonly id?: string
  readonly parent?: string
  /** Where to begin instead of with fresh weights: a checkpoint of this run or of another with the same network. */
  readonly from?: Checkpoint | undefined
  /** `from` is this run's own: its steps, rate and best model stand. */
  readonly resumes?: boolean
  /** Of the run so far, when it goes on. */
  readonly startedAt?: number
  readonly outcomes?: readonly FixOutcome[]
  readonly onEvent?: (event: RunEvent) => void
  readonly onNote?: (note: string) => void
  /** Sessions of runs in different lanes run side by side. */
  readonly lane?: string
  /** Batch normalisation is worked into the layers before it in the exported model. */
  readonly foldNormalization?: boolean
  /** How examples are read; a cache may stand between. */
  readonly load?: LoadData
}

/** Codes of what the world did to a run. */
const unfinished: ReadonlySet<string> = new Set(['file-unwritable', 'file-missing', 'file-unreadable', 'engine-lost'])

export class TrainingRun {
  readonly id: string
  recipe: Recipe
  readonly folder: RunFolder
  readonly #options: RunOptions
  readonly #controls = new Controls()
  #startedAt: number
  readonly outcomes: FixOutcome[]
  #state: RunState = 'preparing'
  #error: string | undefined
  #data: PreparedData | undefined
  #inference: BuiltNetwork | undefined
  #device = ''
  /** Where the run begins; the course goes on from there. */
  #begin: CheckpointNotes
  #watched: string | undefined
  #course: Course | undefined
  /** What the run's folder said of it before it went on. */
  #earlier: RunRecord | undefined

  constructor(options: RunOptions) {
    this.#options = options
    this.id = options.id ?? randomUUID().slice(0, 12)
    this.recipe = options.recipe
    this.folder = options.folder
    this.#startedAt = options.startedAt ?? Date.now()
    this.outcomes = [...(options.outcomes ?? [])]
    const { rate } = options.recipe.optimizer
    const begin = options.from?.notes ?? { step: 0, epoch: 0, batch: 0, rate, sums: noSums(), history: [], best: undefined, waited: 0 }
    // A branch begins with its own rate, and its best model is still to come.
    this.#begin = options.resumes === true ? begin : { ...begin, rate, best: undefined, waited: 0 }
  }

  // --- what is heard between steps ----------------------------------------------------------------------------------

  pause(): void { this.#controls.pause() }
  resume(): void { this.#controls.resume() }
  step(): void { this.#controls.step() }
  stop(): void { this.#controls.stop() }
  setRate(rate: number): void {
    this.#begin = { ...this.#begin, rate }
    this.#course?.setRate(rate)
  }
  watch(layer: string): void {
    this.#watched = layer
    this.#course?.watch(layer)
  }

  async rename(name: string): Promise<void> {
    this.recipe = { ...this.recipe, name }
    await this.folder.create()
    await this.folder.writeJson('recipe.json', this.recipe)
    await this.#setState(this.#state)
  }

  addOutcome(outcome: FixOutcome): void {
    this.outcomes.push(outcome)
  }

  get state(): RunState { return this.#state }
  get data(): PreparedData | undefined { return this.#data }
  get network(): BuiltNetwork | undefined { return this.#inference }
  get findings(): readonly Finding[] { return this.#course?.findings ?? this.#earlier?.findings ?? [] }
  get #notes(): CheckpointNotes { return this.#course?.notes ?? this.#begin }

  summary(): RunSummary {
    const { recipe, folder } = this
    const { history, best } = this.#notes
    return {
      id: this.id, name: recipe.name, net: netText(recipe), data: this.#data?.summary.name ?? dataText(recipe), state: this.#state, startedAt: this.#startedAt, epochs: recipe.epochs, epoch: history.length,
      ...(best ? { best } : {}), ...(this.#data ? { measure: measureOf(this.#data.summary) } : {}), ...(this.#options.parent === undefined ? {} : { parent: this.#options.parent }), folder: folder.path, ...(this.#error === undefined ? {} : { error: this.#error }),
    }
  }

  detail(): RunDetail {
    return {
      summary: this.summary(), recipe: this.recipe, net: describeNetwork(this.#inference), ...(this.#data ? { data: this.#data.summary } : {}), device: this.#device,
      stepsPerEpoch: this.#data?.stepsPerEpoch ?? 0, steps: thinned(this.#course?.steps.records ?? []), history: [...this.#notes.history], findings: [...this.findings], outcomes: [...this.outcomes],
    }
  }

  // --- the course of a run ------------------------------------------------------------------------------------------

  /** Resolves when the run has ended, whichever way; what went wrong is in its summary. */
  async start(): Promise<void> {
    try {
      await this.folder.create()
      if (this.#options.resumes === true) await this.#recall()
      await this.folder.writeJson('recipe.json', this.recipe)
      await this.#setState('preparing')
      const course = await this.#prepare()
      await this.#setState('running')
      await course.run()
      await this.#finish(course, this.#controls.stopped ? 'stopped' : 'done')
    } catch (error) {
      await this.#fail(error)
    } finally {
      await this.#course?.dispose()
    }
  }

  /** What stays known of a run while it is being made ready again, or if it cannot be. */
  async #recall(): Promise<void> {
    this.#earlier = await this.folder.readRecord().catch(() => undefined)
    if (!this.#earlier) return
    const { startedAt, outcomes, device } = this.#earlier
    this.#startedAt = startedAt
    this.#device = device
    if (this.outcomes.length === 0) this.outcomes.push(...outcomes)
    await this.folder.tidy()
  }

  async #prepare(): Promise<Course> {
    const { runtime, from, lane = 'training', resumes, parent, load, foldNormalization = false } = this.#options
    const { folder } = this
    const source = await openNetSource(this.recipe, runtime)
    const data = await prepareData(this.recipe, source, { runtime, signal: this.#controls.signal, onNote: (note) => this.#note(note), load })
    this.#data = data
    const net = source.settled?.()
    if (net) {
      this.recipe = { ...this.recipe, net }
      await folder.writeJson('recipe.json', this.recipe)
    }
    const { inputDims } = data.batches
    const training = source.build(inputDims, 'training', data.batch)
    const inference = source.build(inputDims, 'inference', 'batch')
    this.#inference = inference
    const trainer = await Trainer.open(runtime, training, data, { lane, state: from ? hostTensors(from) : undefined })
    this.#device = trainer.device
    try {
      if (from && resumes === true) await folder.forgetAfter(from.notes.epoch)
      // Steps behind the checkpoint, or of a course that left none, were not made.
      const steps = new StepLog(await folder.readSteps(resumes === true ? (from?.notes.step ?? 0) : 0))
      const scalars = await ScalarLog.open(folder.path, this.#begin.step + 1)
      const observer = new Observer({ runtime, lane, data, network: inference })
      observer.recall(this.#begin.history, data.stepsPerEpoch)
      this.#course = new Course({
        recipe: this.recipe, folder, controls: this.#controls, data, source, training, inference, trainer, observer, scalars, steps, notes: this.#begin, foldNormalization, findings: this.findings,
        predicted: from?.tensors.get(predictionsTensor)?.data as Int32Array | undefined,
        emit: (event) => this.#emit(event), onState: (state) => this.#setState(state === 'same' ? this.#state : state), onNote: (note) => this.#note(note),
      })
    } catch (error) {
      await trainer.dispose().catch(() => undefined)
      throw error
    }
    this.#course.watch(this.#watched)
    // A run that goes on began with the weights that its seed gives; a branch with those of another run.
    const first = from ? (resumes === true && parent === undefined ? initialWeights(inference) : undefined) : await trainer.weights()
    if (first) await this.#course.begin(first)
    return this.#course
  }

  async #finish(course: Course, state: 'done' | 'stopped'): Promise<void> {
    await course.end(state)
    const { history, best } = course.notes
    if (this.#data && this.#inference) await writeReport(this.folder, { recipe: this.recipe, data: this.#data, network: this.#inference, history, best, findings: this.findings, device: this.#device, state })
    await this.#setState(state)
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#controls.stopped && isAppError(error) && error.code === 'cancelled') {
      // Stopped while it was made ready, or while an epoch was judged: that epoch's steps are kept.
      const ended = this.#notes.step > 0 && this.#course ? this.#finish(this.#course, 'stopped') : this.#setState('stopped')
      return ended.catch(() => undefined)
    }
    const kept = this.#notes.step > 0 && isAppError(error) && unfinished.has(error.code) ? ` What was learned up to the last checkpoint is kept: go on from there once that is mended.` : ''
    this.#error = isAppError(error) ? `${error.message}${kept}` : `Internal error: ${error instanceof Error ? error.message : String(error)}. Please report it.`
    if (error instanceof NotFiniteError) await this.#course?.endAt(error)
    await this.#setState('failed', this.#error).catch(() => undefined)
    if (!isAppError(error)) this.#note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  async #setState(state: RunState, note?: string): Promise<void> {
    this.#state = state
    const { best, ...summary } = this.summary()
    this.#emit({ type: 'state', summary: this.summary(), ...(note === undefined ? {} : { note }) })
    await this.folder.writeJson('run.json', {
      id: this.id, name: summary.name, state, startedAt: this.#startedAt, ...(state === 'running' || state === 'paused' || state === 'preparing' ? {} : { endedAt: Date.now() }), epoch: summary.epoch,
      ...(best ? { best } : {}), ...(summary.parent === undefined ? {} : { parent: summary.parent }), ...(this.#error === undefined ? {} : { error: this.#error }), device: this.#device,
      process: process.pid, findings: this.findings, outcomes: this.outcomes,
      ...(this.#data ? { data: this.#data.summary, standardization: shortened(this.#data.standardization) } : this.#earlier ? { data: this.#earlier.data, standardization: this.#earlier.standardization } : {}),
      stepsPerEpoch: this.#data?.stepsPerEpoch ?? this.#earlier?.stepsPerEpoch ?? 0, inputDims: this.#inference?.inputDims ?? this.#earlier?.inputDims ?? [],
    })
  }

  #note(note: string): void {
    this.#options.onNote?.(note)
    this.#emit({ type: 'state', summary: this.summary(), note })
  }

  #emit(event: RunEvent): void {
    this.#options.onEvent?.(event)
  }
}

const hostTensors = ({ tensors }: Checkpoint): HostTensors => Object.fromEntries([...tensors].map(([name, { dims, data }]): [string, HostTensor] => [name, { dataType: data instanceof Float32Array ? 'float32' : 'int32', dims, data }]))
