/** A synthesis that goes on: its record kept on disk, and told to whoever listens. */
import { AppError, isAppError } from '#contract/errors.ts'
import type { SynthesisEvent, SynthesisItem, SynthesisProgress, SynthesisRecipe, SynthesisRun, SynthesisState } from '#contract/synthesis.ts'
import type { JobControls } from '../application/jobs.ts'
import type { EventQueue } from '../lib/event-queue.ts'
import type { Checkpoint } from '../synthesis/define-work.ts'
import type { WorkFolder } from '../synthesis/work-folder.ts'
import { findWork } from '../synthesis/work-registry.ts'
import { WorkRun } from '../synthesis/work-run.ts'
import type { MadeItem, WorkResources } from '../synthesis/work-run.ts'

export interface LiveRunOptions {
  readonly run: SynthesisRun
  readonly itemSteps: Readonly<Record<string, number>>
  readonly from: Checkpoint | undefined
  readonly folder: WorkFolder
  readonly resources: WorkResources
  readonly version: string
}

type Preview = Extract<SynthesisEvent, { type: 'preview' }>

/** Between two records of finished items: an archive of a thousand would write a thousand, each longer than the one before. What a crash leaves out is made again. */
const recordEveryMs = 500

export class LiveRun {
  readonly #work: WorkRun
  readonly #folder: WorkFolder
  readonly #listeners = new Set<EventQueue<SynthesisEvent>>()
  readonly #previews = new Map<string, Preview>()
  readonly #itemSteps: Record<string, number>
  readonly #earlierSeconds: number
  #state: SynthesisState
  #run: SynthesisRun
  #progress: SynthesisProgress | undefined
  #ended: Promise<void> = Promise.resolve()
  #interrupted = false
  #writing: Promise<void> = Promise.resolve()
  #recordedAt = 0

  constructor({ run, itemSteps, from, folder, resources, version }: LiveRunOptions) {
    this.#run = run
    this.#state = run.state
    this.#progress = run.progress
    this.#folder = folder
    this.#itemSteps = { ...itemSteps }
    this.#earlierSeconds = run.seconds
    this.#work = new WorkRun({
      work: findWork(run.recipe.kind), recipe: run.recipe, resources, version, from, finished: new Set(run.items.map(({ name }) => name)),
      sink: {
        onProgress: (progress) => { this.#progress = progress; this.#tellLatest({ type: 'progress', progress }) },
        onPreview: (preview) => {
          const event: Preview = { type: 'preview', ...preview, png: Uint8Array.from(preview.png) }
          this.#previews.set(preview.name, event)
          this.#tellLatest(event)
        },
        onItem: (made) => this.#finish(made),
        onCheckpoint: (checkpoint) => this.#keep(checkpoint),
        onRecipe: (recipe) => this.#update({ recipe }),
        onPaused: (paused) => this.#setState(paused ? 'paused' : 'running'),
      },
    })
  }

  summary(): SynthesisRun {
    return {
      ...this.#run, state: this.#state, seconds: this.#earlierSeconds + this.#work.seconds, peakBytes: Math.max(this.#run.peakBytes, this.#work.peakBytes),
      ...(this.#progress ? { progress: this.#progress } : {}),
    }
  }

  /** Written before anything is computed: what was started is there after a crash. */
  begin(): Promise<void> { return this.#write() }

  /** Runs it as a job of the application: whoever sees the job can cancel it. */
  async follow(controls: JobControls): Promise<void> {
    const shown = setInterval(() => {
      const { share, label } = this.#progress ?? { share: null, label: '' }
      controls.progress(share, this.#work.paused ? 'Paused' : label)
    }, 250)
    const running = this.#work.run(controls.signal)
    this.#ended = running.then(() => this.#end('done'), (error: unknown) => this.#endWith(error))
    try {
      await running
    } finally {
      clearInterval(shown)
      await this.#ended
    }
  }

  listen(queue: EventQueue<SynthesisEvent>): () => void {
    this.#listeners.add(queue)
    return () => this.#listeners.delete(queue)
  }

  latest(): SynthesisEvent[] { return [...this.#previews.values()] }

  pause(): void { this.#work.pause() }
  resume(): SynthesisRun { this.#work.resume(); return this.summary() }
  change(settings: unknown): void { this.#work.change(settings) }
  capture(): Promise<Checkpoint | undefined> { return this.#work.capture() }

  async cancel(): Promise<void> {
    this.#work.cancel()
    await this.#ended
  }

  /** The engine goes: the run stays resumable. */
  async interrupt(): Promise<void> {
    this.#interrupted = true
    await this.cancel()
  }

  async #finish(made: MadeItem): Promise<void> {
    await this.#folder.writeItem(made)
    const { item, thumbnail } = made
    this.#previews.delete(item.name)
    this.#itemSteps[item.name] = this.#progress?.step ?? 0
    this.#run = { ...this.#run, items: [...this.#run.items.filter(({ name }) => name !== item.name), item] }
    this.#tell({ type: 'item', item, ...(thumbnail ? { png: Uint8Array.from(thumbnail) } : {}) })
    if (Date.now() - this.#recordedAt >= recordEveryMs) await this.#write()
  }

  async #keep(checkpoint: Checkpoint): Promise<void> {
    await this.#folder.writeCheckpoint(checkpoint)
    this.#update({ checkpoints: await this.#folder.checkpoints() })
    await this.#write()
  }

  async #endWith(error: unknown): Promise<void> {
    if (isAppError(error) && error.code === 'cancelled') return this.#end(this.#interrupted ? 'interrupted' : 'cancelled')
    const known = isAppError(error) ? error : new AppError('bug', error instanceof Error ? error.message : String(error), { cause: error })
    if (known.code === 'bug') console.error(error)
    return this.#end('failed', known.message)
  }

  async #end(state: SynthesisState, error?: string): Promise<void> {
    this.#state = state
    this.#run = { ...this.#run, endedAt: Date.now(), ...(error === undefined ? {} : { error }) }
    await this.#write().catch(() => undefined)
    this.#tell({ type: 'state', run: this.summary() })
    for (const queue of this.#listeners) queue.end()
  }

  #setState(state: SynthesisState): void {
    this.#state = state
    void this.#write().catch(() => undefined)
    this.#tell({ type: 'state', run: this.summary() })
  }

  #update(changes: { readonly recipe?: SynthesisRecipe; readonly checkpoints?: number[]; readonly items?: SynthesisItem[] }): void {
    this.#run = { ...this.#run, ...changes }
    this.#tell({ type: 'state', run: this.summary() })
  }

  #tell(event: SynthesisEvent): void { for (const queue of this.#listeners) queue.push(event) }

  #tellLatest(event: SynthesisEvent): void {
    for (const queue of this.#listeners) queue.pushLatest(event, (waiting) => waiting.type === event.type && (waiting.type !== 'preview' || event.type !== 'preview' || waiting.name === event.name))
  }

  /** One write at a time, of what is true when its turn comes. */
  #write(): Promise<void> {
    this.#recordedAt = Date.now()
    const write = (): Promise<void> => this.#folder.writeRecord({ ...this.summary(), process: process.pid, itemSteps: this.#itemSteps })
    this.#writing = this.#writing.then(write, write)
    return this.#writing
  }
}
