/** Training runs: those that go on, and those that are on disk. */
import { randomUUID } from 'node:crypto'
import { copyFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { FixOutcome, Recipe, RunDetail, RunEvent, RunSummary } from '#contract/training.ts'
import { DatasetCache } from '../datasets/dataset-cache.ts'
import { EventQueue } from '../lib/event-queue.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { describeFolder, recordSummary } from '../training/past-run.ts'
import type { LoadData } from '../training/prepare.ts'
import { testRates } from '../training/rate-test.ts'
import type { RateTest } from '../training/rate-test.ts'
import { RunFolder } from '../training/run-folder.ts'
import type { Checkpoint } from '../training/run-folder.ts'
import { TrainingRun } from '../training/run.ts'
import { outcomeOf, trialOf } from '../training/trial.ts'

export interface RunControl { readonly action?: 'pause' | 'resume' | 'step' | 'stop' | undefined; readonly rate?: number | undefined; readonly watchedLayer?: string | undefined }

export interface TrainingRuns {
  readonly load: LoadData
  start(recipe: Recipe): Promise<RunSummary>
  /** Of a recipe that names files in the run's own folder. */
  startIn(prepare: (folder: string) => Promise<Recipe>): Promise<RunSummary>
  /** Goes on from the newest checkpoint. */
  resume(id: string): Promise<RunSummary>
  branch(id: string, epoch: number | undefined, recipe: Recipe): Promise<RunSummary>
  control(id: string, control: RunControl): Promise<RunSummary>
  list(): Promise<RunSummary[]>
  detail(id: string): Promise<RunDetail>
  /** The state first, then every event until the run has ended. */
  watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<RunEvent>
  remove(id: string): Promise<void>
  rename(id: string, name: string): Promise<RunSummary>
  folder(id: string): Promise<RunFolder>
  testRates(recipe: Recipe, signal: AbortSignal | undefined): Promise<RateTest>
  /** The fix on a short branch; resolves when that has been judged. */
  tryFix(id: string, finding: string, fix: string): Promise<FixOutcome>
  dispose(): Promise<void>
}

interface Active { readonly run: TrainingRun; readonly ended: Promise<void> }

const idPattern = /^[\w-]+$/

export function createTrainingRuns({ runtime, folder: root }: { readonly runtime: Runtime; readonly folder: string }): TrainingRuns {
  const active = new Map<string, Active>()
  const watchers = new Map<string, Set<EventQueue<RunEvent>>>()
  const cache = new DatasetCache()
  const load: LoadData = (source, controls) => cache.load(source, controls)
  const tell = (id: string, event: RunEvent): void => { for (const queue of watchers.get(id) ?? []) queue.push(event) }

  function folderOf(id: string): RunFolder {
    if (!idPattern.test(id)) throw new AppError('not-found', `There is no run '${id}'.`)
    return new RunFolder(join(root, id))
  }

  async function known(id: string): Promise<RunFolder> {
    const folder = folderOf(id)
    if (!active.has(id) && !(await folder.exists())) throw new AppError('not-found', `There is no run '${id}': it was removed.`)
    return folder
  }

  function begin(options: { readonly recipe: Recipe; readonly id: string; readonly from?: Checkpoint | undefined; readonly parent?: string; readonly resumes?: boolean; readonly startedAt?: number; readonly outcomes?: readonly FixOutcome[] }): TrainingRun {
    const { id } = options
    const run = new TrainingRun({ runtime, ...options, folder: folderOf(id), load, lane: 'training', onEvent: (event) => tell(id, event) })
    const ended = run.start().then(() => {
      active.delete(id)
      for (const queue of watchers.get(id) ?? []) queue.end()
    })
    active.set(id, { run, ended })
    return run
  }

  async function checkpointOf(id: string, epoch: number | undefined): Promise<Checkpoint | undefined> {
    const folder = await known(id)
    return epoch === undefined ? folder.newestCheckpoint() : folder.readCheckpoint(epoch)
  }

  const service: TrainingRuns = {
    load,
    start: (recipe) => Promise.resolve(begin({ recipe, id: freshId() }).summary()),

    async startIn(prepare) {
      const id = freshId()
      await folderOf(id).create()
      return begin({ recipe: await prepare(folderOf(id).path), id }).summary()
    },

    async resume(id) {
      const running = active.get(id)
      if (running) {
        running.run.resume()
        return running.run.summary()
      }
      const folder = await known(id)
      const record = await folder.readRecord().catch(() => undefined)
      return begin({
        recipe: await folder.readRecipe(), id, from: await folder.newestCheckpoint(), resumes: true,
        ...(record ? { startedAt: record.startedAt, outcomes: record.outcomes, ...(record.parent === undefined ? {} : { parent: record.parent }) } : {}),
      }).summary()
    },

    async branch(id, epoch, recipe) {
      const own = freshId()
      const parent = await known(id)
      if (recipe.net.kind !== 'model' || recipe.net.train === 'head' || (await parent.readRecipe()).net.kind !== 'model')
        return begin({ recipe, id: own, parent: id, from: await checkpointOf(id, epoch) }).summary()
      // Fine-tuning goes on from the head that was trained: from the whole model, of which the branch keeps a copy.
      const base = folderOf(own)
      await base.create()
      await copyFile(parent.file('model.onnx'), base.file('base.onnx')).catch((cause: unknown) => { throw new AppError('file-missing', 'This run has no model yet to be fine-tuned: let its first epoch end.', { cause }) })
      const { train, bodyRate } = recipe.net
      return begin({ recipe: { ...recipe, net: { kind: 'model', path: base.file('base.onnx'), train, bodyRate } }, id: own, parent: id }).summary()
    },

    async control(id, { action, rate, watchedLayer }) {
      const run = active.get(id)?.run
      if (!run) {
        if (action === 'resume') return service.resume(id)
        if (action === undefined || action === 'stop') return (await service.detail(id)).summary
        throw new AppError('not-found', 'This run has ended.')
      }
      if (rate !== undefined) run.setRate(rate)
      if (watchedLayer !== undefined) run.watch(watchedLayer)
      if (action !== undefined) run[action]()
      return run.summary()
    },

    async list() {
      const names = (await readdir(root).catch(() => [])).filter((name) => idPattern.test(name))
      const past = await Promise.all(names.filter((name) => !active.has(name)).map((name) => recordSummary(folderOf(name)).catch(() => undefined)))
      return [...[...active.values()].map(({ run }) => run.summary()), ...past.filter((summary) => summary !== undefined)].sort((a, b) => b.startedAt - a.startedAt)
    },

    async detail(id) {
      const run = active.get(id)?.run
      return run ? run.detail() : describeFolder(await known(id))
    },

    async *watch(id, signal) {
      const run = active.get(id)?.run
      if (!run) {
        yield { type: 'state', summary: (await service.detail(id)).summary }
        return
      }
      const queue = new EventQueue<RunEvent>()
      const queues = watchers.get(id) ?? new Set()
      watchers.set(id, queues.add(queue))
      const end = (): void => queue.end()
      signal?.addEventListener('abort', end, { once: true })
      try {
        yield { type: 'state', summary: run.summary() }
        yield* queue
      } finally {
        signal?.removeEventListener('abort', end)
        queues.delete(queue)
      }
    },

    async remove(id) {
      const folder = await known(id)
      const running = active.get(id)
      running?.run.stop()
      await running?.ended
      await rm(folder.path, { recursive: true, force: true })
    },

    async rename(id, name) {
      const folder = await known(id)
      const running = active.get(id)
      if (running) {
        await running.run.rename(name)
        return running.run.summary()
      }
      await folder.writeJson('recipe.json', { ...(await folder.readRecipe()), name })
      await folder.writeJson('run.json', { ...(await folder.readRecord()), name })
      return (await service.detail(id)).summary
    },

    folder: known,

    testRates: (recipe, signal) => testRates(recipe, { runtime, load, signal, lane: 'training' }),

    async tryFix(id, findingId, fixId) {
      const { findings, recipe, history, stepsPerEpoch } = await service.detail(id)
      const finding = findings.find((each) => each.id === findingId)
      const fix = finding?.fixes.find((each) => each.id === fixId)
      if (!finding || !fix) throw new AppError('not-found', 'This finding is no longer there: the run has moved on.')
      const parent = active.get(id)?.run
      const paused = parent?.state === 'running'
      // The two would share the machine; the trial is short.
      if (paused) parent.pause()
      try {
        const newest = await checkpointOf(id, history.length > 0 ? history.length : undefined)
        const trial = trialOf({ recipe, finding, fix, newest, history, stepsPerEpoch })
        const run = begin({ recipe: { ...trial.recipe, name: `${recipe.name}: ${fix.title}` }, id: freshId(), parent: id, from: trial.from })
        await active.get(run.id)?.ended
        const outcome = outcomeOf({ finding, fix: fix.id, run: run.detail(), before: trial.before, steps: trial.epochs * (run.detail().stepsPerEpoch) })
        if (parent) parent.addOutcome(outcome)
        else await recordOutcome(await known(id), outcome)
        tell(id, { type: 'outcome', outcome })
        return outcome
      } finally {
        if (paused) parent.resume()
      }
    },

    async dispose() {
      for (const { run } of active.values()) run.stop()
      await Promise.all([...active.values()].map(({ ended }) => ended))
    },
  }
  return service
}

const freshId = (): string => randomUUID().slice(0, 12)

async function recordOutcome(folder: RunFolder, outcome: FixOutcome): Promise<void> {
  const record = await folder.readRecord()
  await folder.writeJson('run.json', { ...record, outcomes: [...record.outcomes, outcome] })
}
