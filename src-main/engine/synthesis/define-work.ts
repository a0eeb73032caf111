/**
 * A kind of synthesis: one file of `works`. The application, the command line and `replay` run it through the same executor (work-run.ts), which
 * streams, pauses, cancels, keeps and resumes; a work only computes, and tells where it is after every step.
 */
import type { z } from 'zod'
import type { Preprocessing } from '#contract/preprocessing.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { Facts, SynthesisKind } from '#contract/synthesis.ts'
import type { Recipe } from '#contract/training.ts'
import type { DecodedPicture } from '../images/decode.ts'
import type { Pixels } from '../images/pixels.ts'
import type { NamedTensor } from '../lib/safetensors.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Unrounded, [1, 1 | 3 | 4, H, W] in 0..1 (four: with alpha), or 8-bit. */
export type WorkPicture = FloatTensor | Pixels

/** All that a work needs to go on behind `step`. */
export interface Checkpoint {
  /** Steps done, counted over the whole run. */
  readonly step: number
  readonly tensors: ReadonlyMap<string, NamedTensor>
  /** JSON. */
  readonly notes: unknown
}

export interface Preview { readonly name: string; readonly picture: WorkPicture }

export interface StepReport {
  /** Steps done, counted over the whole run from 1; and of all. */
  readonly step: number
  readonly steps: number
  /** Of all work, what is done; where steps take unlike times. By their number where absent. */
  readonly share?: number
  readonly label: string
  readonly value?: number | undefined
  readonly facts?: Facts
  /** Asked when it is time to show something: seldom enough that showing costs little. */
  readonly preview?: () => Promise<readonly Preview[]> | readonly Preview[]
  /** Asked when it is time to keep the state: now and then, and before a pause or the end of a cancelled run. */
  readonly capture?: () => Promise<Omit<Checkpoint, 'step'>> | Omit<Checkpoint, 'step'>
}

export interface FinishedItem<Settings> {
  /** Unlike any other of the run; also the file's name. */
  readonly name: string
  readonly title: string
  readonly facts: Facts
  readonly content: { readonly picture: WorkPicture } | { readonly bytes: Uint8Array; readonly extension: string }
  /** Unrounded values are kept as well, for 16-bit files. */
  readonly deep?: boolean
  /** A smaller recipe that makes this item alone; the run's own where absent. */
  readonly settings?: Settings
}

export interface HeldModel { readonly network: Network; readonly preprocessing: Preprocessing }

/** Where a run takes place: what it may ask of the machine. */
export interface WorkPlace {
  readonly runtime: Runtime
  readonly network: Network
  readonly display: DisplaySpace
  readonly seed: number
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
  /** Throws 'file-missing' naming what has to be opened first. */
  readonly picture: (reference: FileReference) => Promise<DecodedPicture>
  /** The same file as it is (animations). */
  readonly file: (reference: FileReference) => Promise<Uint8Array>
  /** Another model than the run's; held open until the run ends. */
  readonly model: (reference: FileReference) => Promise<HeldModel>
}

/** A training that a work has begun. */
export interface BegunTraining {
  readonly pause: () => void
  readonly resume: () => void
  /** Rejects where it failed, was stopped or was cancelled. */
  readonly ended: Promise<{ /** ONNX file. */ readonly path: string; /** Of validation. */ readonly score: number; /** Its id, where Train lists it. */ readonly run?: string }>
}

export interface TrainingControls { readonly signal: AbortSignal; readonly onProgress: (share: number, label: string) => void }

/** Begins a training in a folder of its own, which `prepare` may put files in that its recipe names. */
export type BeginTraining = (prepare: (folder: string) => Promise<Recipe>, controls: TrainingControls) => Promise<BegunTraining>

export interface WorkContext<Settings> extends WorkPlace {
  /** To go on from. */
  readonly checkpoint: Checkpoint | undefined
  /** Names of items that an interrupted part of this run has finished. */
  readonly finished: ReadonlySet<string>
  /** Seconds of work since this part of the run began, pauses left out. */
  readonly worked: () => number
  /** Throws where this place cannot train. */
  readonly train: BeginTraining
  /** To be awaited after every step: throws 'cancelled', waits while paused, and answers the settings in force from the next step on. */
  readonly step: (report: StepReport) => Promise<Settings>
  readonly preview: (preview: Preview, step: number) => Promise<void>
  readonly item: (item: FinishedItem<Settings>) => Promise<void>
}

export interface Estimate {
  /** How many forward passes of the model at its own size it costs as much as; a step with gradient is about three. */
  readonly passes: number
  /** Runs of a session, each with some milliseconds of its own whatever it computes; 0 where absent. */
  readonly steps?: number
  /** Memory beside that of the opened model. */
  readonly bytes: number
}

export interface WorkDefinition<Settings> {
  readonly kind: SynthesisKind
  readonly settings: z.ZodType<Settings>
  /** "Features of inception_4c: 512 units". */
  readonly title: (settings: Settings) => string
  readonly estimate: (place: WorkPlace, settings: Settings) => Promise<Estimate> | Estimate
  readonly run: (context: WorkContext<Settings>, settings: Settings) => Promise<void>
}

/** A work whose settings were checked by its own schema. */
export type Work = WorkDefinition<unknown>

/** The executor parses settings with the work's own schema before they reach it. */
export const defineWork = <Settings>(definition: WorkDefinition<Settings>): Work => definition as unknown as Work
