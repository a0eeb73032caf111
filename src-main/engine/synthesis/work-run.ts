/** One run of a work: streams where it is, waits while paused, ends when cancelled, keeps its state now and then. */
import { AppError, isAppError } from '#contract/errors.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { SynthesisItem, SynthesisProgress, SynthesisRecipe } from '#contract/synthesis.ts'
import { embedRecipe } from '../images/recipe.ts'
import type { Recipe } from '../images/recipe.ts'
import { decodePicture } from '../images/decode.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { BeginTraining, Checkpoint, FinishedItem, HeldModel, Preview, StepReport, Work, WorkContext, WorkPicture, WorkPlace } from './define-work.ts'
import { checkSettings } from './work-registry.ts'
import { extentOf, pngOf, tensorOf, thumbnailOf } from './work-picture.ts'

export interface WorkResources {
  readonly runtime: Runtime
  /** The whole file. */
  readonly file: (reference: FileReference) => Promise<Uint8Array>
  /** Held open until `release`. */
  readonly model: (reference: FileReference) => Promise<HeldModel & { readonly release: () => Promise<void> | void }>
  /** Absent where nothing is trained. */
  readonly train?: BeginTraining
}

export interface MadeItem { readonly item: SynthesisItem; readonly bytes: Uint8Array; /** Unrounded, where it is to be kept. */ readonly values?: WorkPicture; readonly thumbnail?: Uint8Array }

/** Where what a run tells goes. */
export interface WorkSink {
  readonly onProgress?: (progress: SynthesisProgress) => void
  /** Absent: nobody watches, and nothing is drawn. */
  readonly onPreview?: (preview: { readonly name: string; readonly png: Uint8Array; readonly width: number; readonly height: number; readonly step: number }) => void
  readonly onItem?: (made: MadeItem) => Promise<void> | void
  /** Absent: the state is not kept. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => Promise<void> | void
  /** The settings were changed; the recipe now says so. */
  readonly onRecipe?: (recipe: SynthesisRecipe) => void
  /** The run is held, or goes on. */
  readonly onPaused?: (paused: boolean) => void
}

export interface WorkRunOptions {
  readonly work: Work
  readonly recipe: SynthesisRecipe
  readonly resources: WorkResources
  readonly version: string
  readonly from?: Checkpoint | undefined
  readonly finished?: ReadonlySet<string>
  readonly sink?: WorkSink
  /** Milliseconds between two tellings of progress, at least; the last step is always told. 60 unless said. */
  readonly leastProgressMs?: number
}

const leastPreviewMs = 300
/** Showing may take at most that share of the time. */
const previewShare = 0.1
const keepEveryMs = 20_000
const leastProgressMs = 60

export class WorkRun {
  readonly #options: WorkRunOptions
  readonly #abort = new AbortController()
  readonly #held: { release: () => Promise<void> | void }[] = []
  #recipe: SynthesisRecipe
  #next: unknown
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined
  #startedAt = 0
  #pausedMs = 0
  /** Where the pace is measured from: the first step of this part of the run, behind which sessions are open. */
  #paced: { readonly share: number; readonly seconds: number } | undefined
  #baseBytes = 0
  #told = 0
  #kept = Date.now()
  #shown = { at: 0, ms: 0 }
  #device = ''
  #latest: StepReport | undefined
  peakBytes = 0

  constructor(options: WorkRunOptions) {
    this.#options = options
    this.#recipe = options.recipe
  }

  get recipe(): SynthesisRecipe { return this.#recipe }
  get paused(): boolean { return this.#gate !== undefined }
  /** Of work, pauses left out. */
  get seconds(): number { return this.#startedAt === 0 ? 0 : (Date.now() - this.#startedAt - this.#pausedMs) / 1000 }

  pause(): void {
    if (this.#gate) return
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => { open = resolve })
    this.#gate = { opened, open }
    this.#options.sink?.onPaused?.(true)
  }

  resume(): void {
    const gate = this.#gate
    this.#gate = undefined
    gate?.open()
    if (gate) this.#options.sink?.onPaused?.(false)
  }

  cancel(): void {
    this.#abort.abort(new AppError('cancelled', 'Cancelled.'))
    this.resume()
  }

  /** In force from the next step on. Throws 'option-invalid'. */
  change(settings: unknown): void {
    this.#next = checkSettings(this.#options.work, settings)
  }

  /** The state as it is now; undefined before the first step, and for works that keep none. */
  async capture(): Promise<Checkpoint | undefined> {
    const { step = 0, capture } = this.#latest ?? {}
    return capture && { step, ...(await capture()) }
  }

  /** Resolves when the work is done; rejects as it fails, 'cancelled' included. */
  async run(signal?: AbortSignal): Promise<void> {
    const cancel = (): void => this.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    if (signal?.aborted) cancel()
    this.#startedAt = Date.now()
    this.#baseBytes = process.memoryUsage.rss()
    const { work } = this.#options
    try {
      const place = await openPlace(this.#recipe, this.#options.resources, this.#abort.signal, this.#held)
      this.#device = (await place.runtime.device()).inUse
      const context: WorkContext<unknown> = {
        ...place, checkpoint: this.#options.from, finished: this.#options.finished ?? new Set(), worked: () => this.seconds, train: this.#options.resources.train ?? noTraining,
        step: (report) => this.#step(report), preview: (preview, step) => this.#show([preview], step), item: (item) => this.#item(item),
      }
      await work.run(context, this.#settingsAt((this.#options.from?.step ?? 0) + 1))
    } catch (error) {
      if (this.#abort.signal.aborted && !(isAppError(error) && error.code === 'bug')) throw new AppError('cancelled', 'Cancelled.', { cause: error })
      throw error
    } finally {
      signal?.removeEventListener('abort', cancel)
      for (const { release } of this.#held) await release()
    }
  }

  /** In force at that step, counted from 1. */
  #settingsAt(step: number): unknown {
    const last = (this.#recipe.changes ?? []).filter((change) => change.step <= step).at(-1)
    return checkSettings(this.#options.work, last?.settings ?? this.#recipe.settings)
  }

  async #step(report: StepReport): Promise<unknown> {
    this.#latest = report
    this.peakBytes = Math.max(this.peakBytes, process.memoryUsage.rss() - this.#baseBytes)
    this.#tell(report)
    if (report.preview && this.#options.sink?.onPreview) {
      const ended = report.step >= report.steps
      if (ended || this.#gate || Date.now() - this.#shown.at > Math.max(leastPreviewMs, this.#shown.ms / previewShare)) await this.#show(await report.preview(), report.step)
    }
    if (this.#gate || this.#abort.signal.aborted || Date.now() - this.#kept > keepEveryMs) await this.#keep(report)
    if (this.#gate) await this.#wait()
    throwIfCancelled(this.#abort.signal)
    if (this.#next !== undefined) {
      const changes = [...(this.#recipe.changes ?? []).filter(({ step }) => step <= report.step), { step: report.step + 1, settings: this.#next }]
      this.#next = undefined
      // Checked by the work's own schema, which is the recipe's for its kind.
      this.#recipe = { ...this.#recipe, changes } as SynthesisRecipe
      this.#options.sink?.onRecipe?.(this.#recipe)
    }
    return this.#settingsAt(report.step + 1)
  }

  async #wait(): Promise<void> {
    const from = Date.now()
    await this.#gate?.opened
    this.#pausedMs += Date.now() - from
  }

  #tell({ step, steps, share = step / Math.max(1, steps), label, value, facts }: StepReport): void {
    this.#paced ??= { share, seconds: this.seconds }
    if (step < steps && Date.now() - this.#told < (this.#options.leastProgressMs ?? leastProgressMs)) return
    this.#told = Date.now()
    const since = share - this.#paced.share
    this.#options.sink?.onProgress?.({
      step, steps, share, label, value: value !== undefined && Number.isFinite(value) ? value : null, secondsLeft: since > 0 ? ((this.seconds - this.#paced.seconds) / since) * (1 - share) : null, ...(facts ? { facts } : {}),
    })
  }

  async #show(previews: readonly Preview[], step: number): Promise<void> {
    const { onPreview } = this.#options.sink ?? {}
    if (!onPreview) return
    const at = Date.now()
    for (const { name, picture } of previews) onPreview({ name, png: await thumbnailOf(picture), ...extentOf(picture), step })
    this.#shown = { at: Date.now(), ms: Date.now() - at }
  }

  async #keep({ step, capture }: StepReport): Promise<void> {
    const { onCheckpoint } = this.#options.sink ?? {}
    if (!capture || !onCheckpoint) return
    await onCheckpoint({ step, ...(await capture()) })
    this.#kept = Date.now()
  }

  async #item({ name, title, facts, content, deep = false, settings }: FinishedItem<unknown>): Promise<void> {
    const common = { name, title, facts, at: Date.now(), deep }
    if (!('picture' in content)) {
      await this.#options.sink?.onItem?.({ item: { ...common, extension: content.extension, bytes: content.bytes.length }, bytes: content.bytes })
      return
    }
    const { picture } = content
    // A run that was steered is told whole: its later settings count from steps of the whole.
    const bytes = embedRecipe(await pngOf(picture), this.recipeOf(name, this.#recipe.changes ? undefined : settings))
    const item: SynthesisItem = { ...common, extension: 'png', bytes: bytes.length, ...extentOf(picture) }
    await this.#options.sink?.onItem?.({ item, bytes, ...(deep ? { values: tensorOf(picture) } : {}), thumbnail: await thumbnailOf(picture) })
  }

  /** What a picture of this run says of its making. */
  recipeOf(result: string, settings?: unknown): Recipe {
    const { changes, preprocessing, ...recipe } = this.#recipe
    return {
      version: this.#options.version, device: this.#device, ...recipe, result,
      settings: (settings ?? recipe.settings) as Recipe['settings'],
      ...(changes && settings === undefined ? { changes } : {}),
      ...(preprocessing ? { preprocessing: { ...preprocessing, labels: [] } } : {}),
    }
  }
}

const noTraining: BeginTraining = () => Promise.reject(new AppError('option-invalid', 'Networks are not trained from here: use the application, or `phosphene fool-loop`.'))

/** Opens the run's model; what is held is released by the caller. */
export async function openPlace(recipe: SynthesisRecipe, resources: WorkResources, signal: AbortSignal, held: { release: () => Promise<void> | void }[]): Promise<WorkPlace> {
  const hold = async (reference: FileReference): Promise<HeldModel> => {
    const model = await resources.model(reference)
    held.push(model)
    return model
  }
  const { network, preprocessing } = await hold(recipe.model)
  return {
    runtime: resources.runtime, network, seed: recipe.seed, signal, model: hold, file: resources.file,
    picture: async (reference) => decodePicture(await resources.file(reference), reference.name),
    // The recipe leaves the class names out.
    display: { preprocessing: recipe.preprocessing ? { ...recipe.preprocessing, labels: preprocessing.labels } : preprocessing },
  }
}
