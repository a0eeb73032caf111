/** One training run: the loop, what is heard between its steps, and what it leaves on disk. */
import { randomUUID } from 'node:crypto'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Epoch, Finding, FixOutcome, Recipe, RunDetail, RunEvent, RunState, RunSummary } from '#contract/training.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import type { HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../datasets/batches.ts'
import { meansOf, noSums, withBatch } from './epoch-sums.ts'
import { exportModel } from './export-model.ts'
import { Controls } from './controls.ts'
import { kernelsOf } from './kernels.ts'
import { Tally } from './metrics.ts'
import { describeNetwork, parameterCount } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import { openNetSource } from './net-source.ts'
import type { NetSource } from './net-source.ts'
import { Observer } from './observer.ts'
import { prepareData } from './prepare.ts'
import type { LoadData, PreparedData } from './prepare.ts'
import { answersTensor, CheckpointNotes, predictionsTensor, RunFolder } from './run-folder.ts'
import type { Checkpoint, RunRecord } from './run-folder.ts'
import { changes, isBetter, isLowestLoss, NotFiniteError } from './run-progress.ts'
import { writeReport } from './report.ts'
import { dataText, measureOf, netText } from './run-words.ts'
import { rateFactor } from './schedule.ts'
import { epochOrder } from './sampler.ts'
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

/** Between two 'steps' events. */
const reportMs = 150
/** Between two checkpoints in mid-epoch. */
const checkpointMs = 10_000
const watchMs = 1000
/** At most so many steps are held back from the disk. */
const unwrittenSteps = 500
const layerObservations = 10
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
  #source: NetSource | undefined
  #training: BuiltNetwork | undefined
  #inference: BuiltNetwork | undefined
  #trainer: Trainer | undefined
  #observer: Observer | undefined
  #scalars: ScalarLog | undefined
  #device = ''
  #notes: CheckpointNotes
  #steps = new StepLog([])
  #sentAt = 0
  #checkpointAt = 0
  #watchedAt = 0
  #watched: string | undefined
  #predicted: Int32Array | undefined
  #answers: Float32Array | undefined
  #findings: readonly Finding[] = []
  /** What the run's folder said of it before it went on. */
  #earlier: RunRecord | undefined

  constructor(options: RunOptions) {
    this.#options = options
    this.id = options.id ?? randomUUID().slice(0, 12)
    this.recipe = options.recipe
    this.folder = options.folder
    this.#startedAt = options.startedAt ?? Date.now()
    this.outcomes = [...(options.outcomes ?? [])]
    this.#notes = options.from?.notes ?? { step: 0, epoch: 0, batch: 0, rate: options.recipe.optimizer.rate, sums: noSums(), history: [], best: undefined, waited: 0 }
    // A branch begins with its own rate, and its best model is still to come.
    if (options.resumes !== true) this.#notes = { ...this.#notes, rate: options.recipe.optimizer.rate, best: undefined, waited: 0 }
  }

  // --- what is heard between steps ----------------------------------------------------------------------------------

  pause(): void { this.#controls.pause() }
  resume(): void { this.#controls.resume() }
  step(): void { this.#controls.step() }
  stop(): void { this.#controls.stop() }
  setRate(rate: number): void { this.#notes = { ...this.#notes, rate } }
  watch(layer: string): void { this.#watched = layer; this.#watchedAt = 0 }

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
  get findings(): readonly Finding[] { return this.#findings }

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
      stepsPerEpoch: this.#data?.stepsPerEpoch ?? 0, steps: thinned(this.#steps.records), history: [...this.#notes.history], findings: [...this.#findings], outcomes: [...this.outcomes],
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
      await this.#prepare()
      await this.#setState('running')
      await this.#loop()
      await this.#finish(this.#controls.stopped ? 'stopped' : 'done')
    } catch (error) {
      await this.#fail(error)
    } finally {
      await this.#trainer?.dispose().catch(() => undefined)
      await this.#scalars?.close().catch(() => undefined)
    }
  }

  /** What stays known of a run while it is being made ready again, or if it cannot be. */
  async #recall(): Promise<void> {
    this.#earlier = await this.folder.readRecord().catch(() => undefined)
    if (!this.#earlier) return
    const { startedAt, outcomes, findings, device } = this.#earlier
    this.#startedAt = startedAt
    this.#findings = findings
    this.#device = device
    if (this.outcomes.length === 0) this.outcomes.push(...outcomes)
    await this.folder.tidy()
  }

  async #prepare(): Promise<void> {
    const { runtime, from, lane = 'training', resumes } = this.#options
    const source = await openNetSource(this.recipe, runtime)
    const data = await prepareData(this.recipe, source, { runtime, signal: this.#controls.signal, onNote: (note) => this.#note(note), load: this.#options.load })
    this.#data = data
    this.#source = source
    const net = source.settled?.()
    if (net) {
      this.recipe = { ...this.recipe, net }
      await this.folder.writeJson('recipe.json', this.recipe)
    }
    const { inputDims } = data.batches
    this.#training = source.build(inputDims, 'training', data.batch)
    this.#inference = source.build(inputDims, 'inference', 'batch')
    this.#trainer = await Trainer.open(runtime, this.#training, data, { lane, state: from ? hostTensors(from) : undefined })
    this.#device = this.#trainer.device
    this.#predicted = from?.tensors.get(predictionsTensor)?.data as Int32Array | undefined
    if (from && resumes === true) {
      await this.folder.forgetAfter(from.notes.epoch)
    }
    // Steps behind the checkpoint, or of a course that left none, were not made.
    this.#steps = new StepLog(await this.folder.readSteps(resumes === true ? (from?.notes.step ?? 0) : 0))
    this.#scalars = await ScalarLog.open(this.folder.path, this.#notes.step + 1)
    this.#observer = new Observer({ runtime, lane, data, network: this.#inference })
    this.#observer.recall(this.#notes.history, data.stepsPerEpoch)
    // A run that goes on began with the weights that its seed gives; a branch with those of another run.
    const first = from ? (resumes === true && this.#options.parent === undefined ? initialWeights(this.#inference) : undefined) : await this.#trainer.weights()
    if (first) this.#observer.begin(await this.#observer.evaluate(first, this.#controls.signal))
    this.#checkpointAt = performance.now()
  }

  async #loop(): Promise<void> {
    const { data, trainer } = this.#ready()
    const { stepsPerEpoch, parts, byClass, batch: size } = data
    for (let epoch = this.#notes.epoch + (this.#notes.batch === 0 ? 1 : 0); epoch <= this.recipe.epochs; epoch++) {
      const order = epochOrder(this.recipe.seed, epoch, parts.train, byClass)
      const indicesOf = (batch: number): Int32Array => order.subarray(batch * size, (batch + 1) * size)
      let next: Promise<Batch> | undefined
      for (let batch = this.#notes.batch; batch < stepsPerEpoch; batch++) {
        if (!(await this.#gate())) return
        const ready = await (next ?? trainer.assemble(indicesOf(batch), this.#notes.step + 1))
        const startedAt = performance.now()
        const done = this.#step(ready, epoch, batch)
        // The next examples are made while this step runs.
        next = batch + 1 < stepsPerEpoch ? trainer.assemble(indicesOf(batch + 1), this.#notes.step + 2) : undefined
        next?.catch(() => undefined)
        await done
        this.#time(performance.now() - startedAt)
        await this.#betweenSteps()
      }
      await this.#endEpoch(epoch)
      if (this.#isPatienceOver()) return this.#note(`Stopped early: ${this.recipe.patience} epochs without a lower validation loss.`)
    }
  }

  /** False where the run was stopped. Waits while it is paused. */
  async #gate(): Promise<boolean> {
    if (this.#controls.isOpen) return !this.#controls.stopped
    if (this.#controls.stopped) return false
    await this.#report(true)
    await this.#saveCheckpoint()
    await this.#setState('paused')
    const goesOn = await this.#controls.wait()
    if (goesOn) await this.#setState('running')
    return goesOn
  }

  async #step(batch: Batch, epoch: number, index: number): Promise<void> {
    const { data, trainer, observer } = this.#ready()
    const { stepsPerEpoch } = data
    const step = this.#notes.step + 1
    const pace = { stepsPerEpoch, totalSteps: stepsPerEpoch * this.recipe.epochs }
    const rate = this.#notes.rate * rateFactor(step - 1, pace, this.recipe.optimizer)
    const observed = step <= 3 || index % Math.max(1, Math.floor(stepsPerEpoch / layerObservations)) === 0
    const kernels = observed ? observer.kernels : []
    const before = kernels.length > 0 ? await trainer.state(kernels) : undefined
    const result = await trainer.step({ step, rate, batch })
    if (!result.applied) throw new NotFiniteError(step, epoch, rate, result.loss)
    const layers = before ? observer.layerSteps(before, await trainer.state(kernels), trainer.parameters, result.gradientSquares) : undefined
    this.#scalars?.step(this.#steps.add({ step, loss: result.loss, rate, gradientNorm: result.gradientNorm, ...(layers ? { layers } : {}) }))
    this.#notes = { ...this.#notes, step, epoch, batch: index + 1, sums: withBatch(this.#notes.sums, { loss: result.loss, score: this.#scoreOf(result.output, batch), rows: data.batch }) }
  }

  #scoreOf(output: Float32Array, batch: Batch): number {
    const { plan, recipe, batch: count } = this.#ready().data
    const tally = new Tally(plan, recipe.loss)
    tally.add(output, plan.kind === 'reconstruction' ? batch.input : batch.target, count)
    return tally.metrics().score
  }

  #time(ms: number): void {
    this.#steps.time(ms)
    const { sums } = this.#notes
    this.#notes = { ...this.#notes, sums: { ...sums, seconds: sums.seconds + ms / 1000 } }
  }

  async #betweenSteps(): Promise<void> {
    const now = performance.now()
    if (now - this.#sentAt >= reportMs) await this.#report(false)
    if (this.#watched !== undefined && now - this.#watchedAt >= watchMs) {
      this.#watchedAt = now
      await this.#sendKernels(this.#notes.epoch)
    }
    if (now - this.#checkpointAt >= checkpointMs) await this.#saveCheckpoint()
  }

  async #report(flush: boolean): Promise<void> {
    const { data } = this.#ready()
    this.#sentAt = performance.now()
    const steps = this.#steps.takeUnsent()
    if (steps.length > 0) {
      const { epoch, batch, step } = this.#notes
      const { msPerStep } = this.#steps
      const left = data.stepsPerEpoch * this.recipe.epochs - step
      this.#emit({ type: 'steps', steps, epoch, batch, examplesPerSecond: msPerStep === undefined ? 0 : (1000 * data.batch) / msPerStep, remainingMs: msPerStep === undefined ? null : left * msPerStep, msPerStep: msPerStep ?? 0 })
    }
    if (flush || this.#steps.unwritten >= unwrittenSteps) await this.folder.appendSteps(this.#steps.takeUnwritten())
  }

  async #endEpoch(epoch: number): Promise<void> {
    const { data, trainer, observer } = this.#ready()
    await this.#report(true)
    const weights = await trainer.weights()
    const observed = await observer.epoch(weights, this.#controls.signal)
    const record: Epoch = {
      epoch, ...meansOf(this.#notes.sums), validation: observed.validation, rate: this.#steps.records.at(-1)?.rate ?? this.#notes.rate, ...changes(this.#predicted, observed.predicted, data),
    }
    this.#predicted = observed.predicted
    this.#answers = observed.answers
    const history = [...this.#notes.history, record]
    const isBest = isBetter(record, this.#notes.best, data)
    this.#notes = {
      ...this.#notes, epoch, batch: 0, sums: noSums(), history, waited: isLowestLoss(history) ? 0 : this.#notes.waited + 1,
      ...(isBest ? { best: { epoch, loss: record.validation.loss, score: record.validation.score } } : {}),
    }
    if (isBest) await this.#writeModel(weights)
    await this.#saveCheckpoint()
    await this.folder.writeJson('history.json', history)
    this.#scalars?.epoch(record)
    this.#emit({ type: 'epoch', epoch: record })
    if (this.#watched !== undefined) await this.#sendKernels(epoch)
    await this.#examine(observer, record, false)
    await this.#setState(this.#state)
  }

  async #examine(observer: Observer, record: Epoch | undefined, finished: boolean): Promise<void> {
    const { data, training } = this.#ready()
    const findings = await observer.findings({ recipe: this.recipe, steps: this.#steps.observations, record, step: this.#notes.step, stepsPerEpoch: data.stepsPerEpoch, finished, parameters: parameterCount(training) })
    if (JSON.stringify(findings) === JSON.stringify(this.#findings)) return
    this.#findings = findings
    this.#emit({ type: 'findings', findings: [...findings] })
  }

  #isPatienceOver(): boolean {
    return this.recipe.patience > 0 && this.#notes.waited >= this.recipe.patience
  }

  async #finish(state: 'done' | 'stopped'): Promise<void> {
    const { data, trainer, inference, observer } = this.#ready()
    await this.#report(true)
    if (state === 'stopped' && this.#notes.batch > 0) await this.#saveCheckpoint()
    if (!this.#notes.best) await this.#writeModel(await trainer.weights())
    await this.#examine(observer, undefined, true)
    await writeReport(this.folder, { recipe: this.recipe, data, network: inference, history: this.#notes.history, best: this.#notes.best, findings: this.#findings, device: this.#device, state })
    await this.#setState(state)
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#controls.stopped && isAppError(error) && error.code === 'cancelled') {
      // Stopped while it was made ready, or while an epoch was judged: that epoch's steps are kept.
      const ended = this.#notes.step > 0 && this.#observer ? this.#finish('stopped') : this.#setState('stopped')
      return ended.catch(() => undefined)
    }
    const kept = this.#notes.step > 0 && isAppError(error) && unfinished.has(error.code) ? ` What was learned up to the last checkpoint is kept: go on from there once that is mended.` : ''
    this.#error = isAppError(error) ? `${error.message}${kept}` : `Internal error: ${error instanceof Error ? error.message : String(error)}. Please report it.`
    if (error instanceof NotFiniteError && this.#observer) {
      // The step that failed is part of what the doctor sees; the weights are those before it.
      this.#steps.addFailed({ step: error.step, loss: error.loss, rate: error.rate, gradientNorm: NaN })
      await this.#report(true).catch(() => undefined)
      await this.#saveCheckpoint().catch(() => undefined)
      await this.#examine(this.#observer, undefined, true).catch(() => undefined)
    }
    await this.#setState('failed', this.#error).catch(() => undefined)
    if (!isAppError(error)) this.#note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  async #writeModel(weights: ReadonlyMap<string, Tensor>): Promise<void> {
    const { inference, data } = this.#ready()
    const { foldNormalization = false } = this.#options
    const model = exportModel(inference, weights, data, { foldNormalization })
    await this.folder.writeModel(writeModel(this.#source?.finish?.(model) ?? model))
  }

  async #saveCheckpoint(): Promise<void> {
    const { trainer } = this.#ready()
    // Steps before it are known of as well if the process dies now.
    await this.#report(true)
    const state = await trainer.state()
    const tensors = new Map(Object.entries(state).map(([name, tensor]) => [name, { dims: tensor.dims, data: tensor.data as Float32Array }] as const))
    const all = new Map<string, { readonly dims: readonly number[]; readonly data: Float32Array | Int32Array }>(tensors)
    if (this.#predicted && this.#predicted.length > 0) all.set(predictionsTensor, { dims: [this.#predicted.length], data: this.#predicted })
    if (this.#answers && this.#answers.length > 0) all.set(answersTensor, { dims: [this.#answers.length], data: this.#answers })
    await this.folder.writeCheckpoint({ tensors: all, notes: this.#notes })
    this.#checkpointAt = performance.now()
  }

  async #sendKernels(epoch: number): Promise<void> {
    const { trainer, inference } = this.#ready()
    const layer = inference.layers.find((each) => each.id === this.#watched)
    if (layer?.kernel === undefined) return
    const { [layer.kernel]: tensor } = await trainer.state([layer.kernel])
    if (!tensor) return
    const { dims, data, extent } = kernelsOf(inference, layer, tensor.dims, tensor.data as Float32Array)
    this.#emit({ type: 'kernels', epoch, layer: layer.id, kernels: { dims: [...dims], data: new Uint8Array(data.slice().buffer) }, extent })
  }

  async #setState(state: RunState, note?: string): Promise<void> {
    this.#state = state
    const { best, ...summary } = this.summary()
    this.#emit({ type: 'state', summary: this.summary(), ...(note === undefined ? {} : { note }) })
    await this.folder.writeJson('run.json', {
      id: this.id, name: summary.name, state, startedAt: this.#startedAt, ...(state === 'running' || state === 'paused' || state === 'preparing' ? {} : { endedAt: Date.now() }), epoch: summary.epoch,
      ...(best ? { best } : {}), ...(summary.parent === undefined ? {} : { parent: summary.parent }), ...(this.#error === undefined ? {} : { error: this.#error }), device: this.#device,
      process: process.pid, findings: this.#findings, outcomes: this.outcomes,
      ...(this.#data ? { data: this.#data.summary, standardization: alike(this.#data.standardization) } : this.#earlier ? { data: this.#earlier.data, standardization: this.#earlier.standardization } : {}),
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

  #ready() {
    if (!this.#data || !this.#trainer || !this.#observer || !this.#inference || !this.#training) throw new AppError('bug', 'Internal error: the run is not prepared. Please report it.')
    return { data: this.#data, trainer: this.#trainer, observer: this.#observer, inference: this.#inference, training: this.#training }
  }
}

const hostTensors = ({ tensors }: Checkpoint): HostTensors => Object.fromEntries([...tensors].map(([name, { dims, data }]): [string, HostTensor] => [name, { dataType: data instanceof Float32Array ? 'float32' : 'int32', dims, data }]))
const initialWeights = ({ parameters, running }: BuiltNetwork): ReadonlyMap<string, Tensor> => new Map([...parameters, ...[...running].map(([name, { initial }]): [string, Tensor] => [name, initial])])
/** One value where all are the same. */
const alike = ({ mean, std }: PreparedData['standardization']): { mean: number[]; std: number[] } => {
  const one = (values: readonly number[]): number[] => (values.every((value) => value === values[0]) ? values.slice(0, 1) : [...values])
  return { mean: one(mean), std: one(std) }
}
