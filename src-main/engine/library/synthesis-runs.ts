/** Runs of syntheses: those that go on, and those that are on disk. They belong to the engine and outlive the page that began them. */
import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Forecast, SynthesisEvent, SynthesisItem, SynthesisKind, SynthesisRecipe, SynthesisRun } from '#contract/synthesis.ts'
import type { Jobs } from '../application/jobs.ts'
import { EventQueue } from '../lib/event-queue.ts'
import type { Checkpoint } from '../synthesis/define-work.ts'
import { openForecaster } from '../synthesis/forecast.ts'
import { checkSettings, findWork } from '../synthesis/work-registry.ts'
import { WorkFolder } from '../synthesis/work-folder.ts'
import { openPlace } from '../synthesis/work-run.ts'
import type { WorkResources } from '../synthesis/work-run.ts'
import { LiveRun } from './live-run.ts'

export interface SynthesisControl { readonly action?: 'pause' | 'resume' | 'cancel' | undefined; readonly settings?: unknown }

export interface SynthesisRuns {
  forecast(recipe: SynthesisRecipe): Promise<Forecast>
  start(recipe: SynthesisRecipe, from?: { readonly run: string; readonly step: number }): Promise<SynthesisRun>
  watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<SynthesisEvent>
  control(id: string, control: SynthesisControl): Promise<SynthesisRun>
  list(kind?: SynthesisKind): Promise<SynthesisRun[]>
  /** What there is of a run, and its folder. */
  run(id: string): Promise<{ readonly run: SynthesisRun; readonly folder: WorkFolder }>
  /** Its state: as it is now while the run goes on, else as it was last kept. */
  state(id: string): Promise<Checkpoint | undefined>
  /** A finished item and its folder. */
  item(id: string, name: string): Promise<{ readonly item: SynthesisItem; readonly run: SynthesisRun; readonly folder: WorkFolder }>
  remove(id: string): Promise<void>
  dispose(): Promise<void>
}

export interface SynthesisRunsOptions { readonly resources: WorkResources; readonly folder: string; readonly jobs: Jobs; readonly version: string }

const idPattern = /^[\w-]+$/

export async function createSynthesisRuns({ resources, folder: root, jobs, version }: SynthesisRunsOptions): Promise<SynthesisRuns> {
  const live = new Map<string, LiveRun>()
  const forecaster = await openForecaster(root)

  function folderOf(id: string): WorkFolder {
    if (!idPattern.test(id)) throw new AppError('not-found', `There is no run '${id}'.`)
    return new WorkFolder(join(root, id))
  }

  async function recorded(id: string): Promise<SynthesisRun> {
    const { process: owner, itemSteps: _, ...run } = await folderOf(id).readRecord().catch((cause: unknown) => { throw new AppError('not-found', `There is no run '${id}': it was removed.`, { cause }) })
    const died = (run.state === 'running' || run.state === 'paused') && owner !== process.pid
    return { ...run, ...(died ? { state: 'interrupted' as const } : {}) }
  }

  const summary = async (id: string): Promise<SynthesisRun> => live.get(id)?.summary() ?? recorded(id)

  /** Opens the model for as long as `body` looks at it. */
  async function atPlace<T>(recipe: SynthesisRecipe, body: (place: Awaited<ReturnType<typeof openPlace>>) => Promise<T>): Promise<T> {
    const held: { release: () => Promise<void> | void }[] = []
    try {
      return await body(await openPlace(recipe, resources, new AbortController().signal, held))
    } finally {
      for (const { release } of held) await release()
    }
  }

  /** With the preprocessing that is in use, so that it can be made again when that has changed. */
  async function completed(recipe: SynthesisRecipe): Promise<SynthesisRecipe> {
    if (recipe.preprocessing) return recipe
    return atPlace(recipe, ({ display }) => Promise.resolve({ ...recipe, preprocessing: { ...display.preprocessing, labels: [] } }))
  }

  async function begin(run: SynthesisRun, from: Checkpoint | undefined, itemSteps: Readonly<Record<string, number>>): Promise<SynthesisRun> {
    const started = new LiveRun({ run, itemSteps, from, folder: folderOf(run.id), resources, version })
    live.set(run.id, started)
    await started.begin()
    void jobs.run(run.title, undefined, (controls) => started.follow(controls))
      .then(async () => {
        const { recipe, seconds, progress } = started.summary()
        // What was gone on from took its time elsewhere.
        if (progress && !from) await atPlace(recipe, (place) => forecaster.learn(findWork(recipe.kind), recipe, place, checkSettings(findWork(recipe.kind), recipe.settings), { seconds, share: progress.share }))
      })
      .catch(() => undefined)
      .finally(() => { if (live.get(run.id) === started) live.delete(run.id) })
    return started.summary()
  }

  async function resume(id: string): Promise<SynthesisRun> {
    const running = live.get(id)
    if (running) return running.resume()
    const run = await recorded(id)
    if (run.state === 'done') return run
    const { itemSteps } = await folderOf(id).readRecord()
    const { endedAt: _ended, error: _error, ...rest } = run
    return begin({ ...rest, state: 'running' }, await folderOf(id).checkpointAt(), itemSteps)
  }

  return {
    forecast: async (recipe) => {
      const work = findWork(recipe.kind)
      return atPlace(recipe, (place) => forecaster.forecast(work, recipe, place, checkSettings(work, recipe.settings)))
    },

    async start(recipe, from) {
      const work = findWork(recipe.kind)
      const settings = checkSettings(work, recipe.settings)
      const whole = await completed(from ? await branched(recipe, from) : recipe)
      const forecast = await atPlace(whole, (place) => forecaster.forecast(work, whole, place, settings))
      const id = randomUUID().slice(0, 12)
      const device = (await resources.runtime.device()).inUse
      const run: SynthesisRun = { id, title: work.title(settings), recipe: whole, state: 'running', startedAt: Date.now(), seconds: 0, peakBytes: 0, forecast, device, items: [], checkpoints: [], ...(from ? { from } : {}) }
      await folderOf(id).create()
      return begin(run, from ? await folderOf(from.run).checkpointAt(from.step) : undefined, {})
    },

    async *watch(id, signal) {
      const run = live.get(id)
      if (!run) {
        const past = await recorded(id)
        yield { type: 'state', run: past }
        for (const item of past.items) yield await itemEvent(folderOf(id), item)
        return
      }
      const queue = new EventQueue<SynthesisEvent>()
      const end = (): void => queue.end()
      signal?.addEventListener('abort', end, { once: true })
      if (signal?.aborted) end()
      const leave = run.listen(queue)
      try {
        const now = run.summary()
        yield { type: 'state', run: now }
        for (const item of now.items) yield await itemEvent(folderOf(id), item)
        yield* run.latest()
        yield* queue
      } finally {
        signal?.removeEventListener('abort', end)
        leave()
      }
    },

    async control(id, { action, settings }) {
      if (action === 'resume' && !live.has(id)) return resume(id)
      const run = live.get(id)
      if (!run) return recorded(id)
      if (settings !== undefined) run.change(settings)
      if (action === 'pause') run.pause()
      if (action === 'resume') run.resume()
      if (action === 'cancel') await run.cancel()
      return run.summary()
    },

    async list(kind) {
      const names = (await readdir(root).catch(() => [])).filter((name) => idPattern.test(name) && !live.has(name))
      const past = await Promise.all(names.map((name) => recorded(name).catch(() => undefined)))
      const all = [...[...live.values()].map((run) => run.summary()), ...past.filter((run) => run !== undefined)]
      return all.filter(({ recipe }) => kind === undefined || recipe.kind === kind).sort((a, b) => b.startedAt - a.startedAt)
    },

    run: async (id) => ({ run: await summary(id), folder: folderOf(id) }),
    state: async (id) => await live.get(id)?.capture() ?? folderOf(id).checkpointAt(),

    async item(id, name) {
      const run = await summary(id)
      const item = run.items.find((each) => each.name === name)
      if (!item) throw new AppError('not-found', `The run has no result '${name}'.${run.items.length > 0 ? ` It has ${run.items.slice(0, 5).map((each) => `'${each.name}'`).join(', ')}${run.items.length > 5 ? ', …' : ''}.` : ''}`)
      return { item, run, folder: folderOf(id) }
    },

    async remove(id) {
      await live.get(id)?.cancel()
      await folderOf(id).remove()
    },

    async dispose() {
      // What goes on is held where it stands, to be resumed.
      await Promise.all([...live.values()].map((run) => run.interrupt()))
    },
  }

  /** The parent's recipe up to that step, and these settings from there on: it can be made again from the beginning. */
  async function branched(recipe: SynthesisRecipe, { run, step }: { readonly run: string; readonly step: number }): Promise<SynthesisRecipe> {
    const { recipe: parent } = await summary(run)
    if (parent.kind !== recipe.kind || parent.model.sha256 !== recipe.model.sha256) throw new AppError('option-invalid', `A run of '${parent.kind}' with ${parent.model.name} cannot go on as '${recipe.kind}' with ${recipe.model.name}: begin a new one.`)
    const changes = [...(parent.changes ?? []).filter((change) => change.step <= step), { step: step + 1, settings: recipe.settings }]
    return { ...parent, changes } as SynthesisRecipe
  }
}

async function itemEvent(folder: WorkFolder, item: SynthesisItem): Promise<SynthesisEvent> {
  const png = await folder.readThumbnail(item)
  return { type: 'item', item, ...(png ? { png: new Uint8Array(png) } : {}) }
}

