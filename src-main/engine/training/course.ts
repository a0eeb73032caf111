/** The course of a run from step to step and epoch to epoch: what every step leaves in its records, checkpoints and events. */
import type { Epoch, Finding, Recipe, RunEvent } from '#contract/training.ts'
import type { Batch } from '../datasets/batches.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import type { Controls } from './controls.ts'
import { meansOf, noSums, withBatch } from './epoch-sums.ts'
import { exportModel } from './export-model.ts'
import { kernelsEvent } from './kernels.ts'
import { scoreOf } from './metrics.ts'
import type { NetSource } from './net-source.ts'
import { parameterCount } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import type { Observer } from './observer.ts'
import type { PreparedData } from './prepare.ts'
import { answersTensor, predictionsTensor } from './run-folder.ts'
import type { CheckpointNotes, RunFolder } from './run-folder.ts'
import { changes, isBetter, isLowestLoss, NotFiniteError } from './run-progress.ts'
import { rateFactor } from './schedule.ts'
import { epochOrder } from './sampler.ts'
import type { ScalarLog } from './scalar-log.ts'
import type { StepLog } from './step-log.ts'
import type { Trainer } from './trainer.ts'

/** Between two 'steps' events. */
const reportMs = 150
/** Between two checkpoints in mid-epoch. */
const checkpointMs = 10_000
const watchMs = 1000
/** At most so many steps are held back from the disk. */
const unwrittenSteps = 500
const layerObservations = 10

export interface CourseParts {
  readonly recipe: Recipe
  readonly folder: RunFolder
  readonly controls: Controls
  readonly data: PreparedData
  readonly source: NetSource
  readonly training: BuiltNetwork
  readonly inference: BuiltNetwork
  readonly trainer: Trainer
  readonly observer: Observer
  readonly scalars: ScalarLog
  readonly steps: StepLog
  readonly notes: CheckpointNotes
  /** Class given to each validation example at the last epoch. */
  readonly predicted: Int32Array | undefined
  readonly findings: readonly Finding[]
  readonly foldNormalization: boolean
  readonly emit: (event: RunEvent) => void
  readonly onState: (state: 'paused' | 'running' | 'same') => Promise<void>
  readonly onNote: (note: string) => void
}

export class Course {
  readonly steps: StepLog
  readonly #parts: CourseParts
  #notes: CheckpointNotes
  #findings: readonly Finding[]
  #predicted: Int32Array | undefined
  #answers: Float32Array | undefined
  #sentAt = 0
  #checkpointAt = performance.now()
  #watchedAt = 0
  #watched: string | undefined

  constructor(parts: CourseParts) {
    this.#parts = parts
    this.steps = parts.steps
    this.#notes = parts.notes
    this.#findings = parts.findings
    this.#predicted = parts.predicted
  }

  get notes(): CheckpointNotes { return this.#notes }
  get findings(): readonly Finding[] { return this.#findings }

  setRate(rate: number): void { this.#notes = { ...this.#notes, rate } }
  watch(layer: string | undefined): void { this.#watched = layer; this.#watchedAt = 0 }

  async dispose(): Promise<void> {
    await this.#parts.trainer.dispose().catch(() => undefined)
    await this.#parts.scalars.close().catch(() => undefined)
  }

  /** The network as it stands before the first step of all. */
  async begin(weights: ReadonlyMap<string, Tensor>): Promise<void> {
    const { observer, controls } = this.#parts
    observer.begin(await observer.evaluate(weights, controls.signal))
    this.#checkpointAt = performance.now()
  }

  /** Until the last epoch is over, patience with it is, or the run is stopped. */
  async run(): Promise<void> {
    const { recipe, data, trainer, onNote } = this.#parts
    const { stepsPerEpoch, parts, byClass, batch: size } = data
    for (let epoch = this.#notes.epoch + (this.#notes.batch === 0 ? 1 : 0); epoch <= recipe.epochs; epoch++) {
      const order = epochOrder(recipe.seed, epoch, parts.train, byClass)
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
      if (recipe.patience > 0 && this.#notes.waited >= recipe.patience) return onNote(`Stopped early: ${recipe.patience} epochs without a lower validation loss.`)
    }
  }

  /** What has to be on disk when the run ends. */
  async end(state: 'done' | 'stopped'): Promise<void> {
    await this.report(true)
    if (state === 'stopped' && this.#notes.batch > 0) await this.#saveCheckpoint()
    if (!this.#notes.best) await this.#writeModel(await this.#parts.trainer.weights())
    await this.#examine(undefined, true)
  }

  /** The step that failed is part of what the doctor sees; the weights are those before it. */
  async endAt({ step, loss, rate }: NotFiniteError): Promise<void> {
    this.steps.addFailed({ step, loss, rate, gradientNorm: NaN })
    await this.report(true).catch(() => undefined)
    await this.#saveCheckpoint().catch(() => undefined)
    await this.#examine(undefined, true).catch(() => undefined)
  }

  /** Tells of the steps since the last report; `flush`: writes them down as well. */
  async report(flush: boolean): Promise<void> {
    const { data, recipe, emit, folder } = this.#parts
    this.#sentAt = performance.now()
    const steps = this.steps.takeUnsent()
    if (steps.length > 0) {
      const { epoch, batch, step } = this.#notes
      const { msPerStep } = this.steps
      const left = data.stepsPerEpoch * recipe.epochs - step
      emit({ type: 'steps', steps, epoch, batch, examplesPerSecond: msPerStep === undefined ? 0 : (1000 * data.batch) / msPerStep, remainingMs: msPerStep === undefined ? null : left * msPerStep, msPerStep: msPerStep ?? 0 })
    }
    if (flush || this.steps.unwritten >= unwrittenSteps) await folder.appendSteps(this.steps.takeUnwritten())
  }

  /** False where the run was stopped. Waits while it is paused. */
  async #gate(): Promise<boolean> {
    const { controls, onState } = this.#parts
    if (controls.isOpen) return !controls.stopped
    if (controls.stopped) return false
    await this.report(true)
    await this.#saveCheckpoint()
    await onState('paused')
    const goesOn = await controls.wait()
    if (goesOn) await onState('running')
    return goesOn
  }

  async #step(batch: Batch, epoch: number, index: number): Promise<void> {
    const { data, trainer, observer, recipe, scalars } = this.#parts
    const step = this.#notes.step + 1
    const rate = this.#notes.rate * rateFactor(step - 1, { stepsPerEpoch: data.stepsPerEpoch, totalSteps: data.stepsPerEpoch * recipe.epochs }, recipe.optimizer)
    const observed = step <= 3 || index % Math.max(1, Math.floor(data.stepsPerEpoch / layerObservations)) === 0
    const kernels = observed ? observer.kernels : []
    const before = kernels.length > 0 ? await trainer.state(kernels) : undefined
    const result = await trainer.step({ step, rate, batch })
    if (!result.applied) throw new NotFiniteError(step, epoch, rate, result.loss)
    const layers = before ? observer.layerSteps(before, await trainer.state(kernels), trainer.parameters, result.gradientSquares) : undefined
    scalars.step(this.steps.add({ step, loss: result.loss, rate, gradientNorm: result.gradientNorm, ...(layers ? { layers } : {}) }))
    this.#notes = { ...this.#notes, step, epoch, batch: index + 1, sums: withBatch(this.#notes.sums, { loss: result.loss, score: scoreOf(data, result.output, batch), rows: data.batch }) }
  }

  #time(ms: number): void {
    this.steps.time(ms)
    const { sums } = this.#notes
    this.#notes = { ...this.#notes, sums: { ...sums, seconds: sums.seconds + ms / 1000 } }
  }

  async #betweenSteps(): Promise<void> {
    const now = performance.now()
    if (now - this.#sentAt >= reportMs) await this.report(false)
    if (this.#watched !== undefined && now - this.#watchedAt >= watchMs) {
      this.#watchedAt = now
      await this.#sendKernels(this.#notes.epoch)
    }
    if (now - this.#checkpointAt >= checkpointMs) await this.#saveCheckpoint()
  }

  async #endEpoch(epoch: number): Promise<void> {
    const { data, trainer, observer, controls, folder, scalars, emit, onState } = this.#parts
    await this.report(true)
    const weights = await trainer.weights()
    const observed = await observer.epoch(weights, controls.signal)
    const record: Epoch = {
      epoch, ...meansOf(this.#notes.sums), validation: observed.validation, rate: this.steps.records.at(-1)?.rate ?? this.#notes.rate, ...changes(this.#predicted, observed.predicted, data),
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
    await folder.writeJson('history.json', history)
    scalars.epoch(record)
    emit({ type: 'epoch', epoch: record })
    if (this.#watched !== undefined) await this.#sendKernels(epoch)
    await this.#examine(record, false)
    await onState('same')
  }

  async #examine(record: Epoch | undefined, finished: boolean): Promise<void> {
    const { data, training, observer, recipe, emit } = this.#parts
    const findings = await observer.findings({ recipe, steps: this.steps.observations, record, step: this.#notes.step, stepsPerEpoch: data.stepsPerEpoch, finished, parameters: parameterCount(training) })
    if (JSON.stringify(findings) === JSON.stringify(this.#findings)) return
    this.#findings = findings
    emit({ type: 'findings', findings: [...findings] })
  }

  async #writeModel(weights: ReadonlyMap<string, Tensor>): Promise<void> {
    const { inference, data, source, folder, foldNormalization } = this.#parts
    const model = exportModel(inference, weights, data, { foldNormalization })
    await folder.writeModel(writeModel(source.finish?.(model) ?? model))
  }

  async #saveCheckpoint(): Promise<void> {
    const { trainer, folder } = this.#parts
    // Steps before it are known of as well if the process dies now.
    await this.report(true)
    const tensors = new Map<string, { readonly dims: readonly number[]; readonly data: Float32Array | Int32Array }>(
      Object.entries(await trainer.state()).map(([name, tensor]) => [name, { dims: tensor.dims, data: tensor.data as Float32Array }]))
    if (this.#predicted && this.#predicted.length > 0) tensors.set(predictionsTensor, { dims: [this.#predicted.length], data: this.#predicted })
    if (this.#answers && this.#answers.length > 0) tensors.set(answersTensor, { dims: [this.#answers.length], data: this.#answers })
    await folder.writeCheckpoint({ tensors, notes: this.#notes })
    this.#checkpointAt = performance.now()
  }

  async #sendKernels(epoch: number): Promise<void> {
    const { trainer, inference, emit } = this.#parts
    const event = await kernelsEvent(inference, this.#watched ?? '', epoch, trainer)
    if (event) emit(event)
  }
}
