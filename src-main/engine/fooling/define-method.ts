/** A way to fool a network: one file each in `methods/`. */
import type { OptionSpec } from '#contract/explain.ts'
import type { OptionValues } from '../attribution/define-method.ts'
import type { Random } from '../lib/random.ts'
import type { Norm } from './ball.ts'
import type { Goal } from './goal.ts'
import type { Probe } from './probe.ts'

export interface Progress { readonly step: number; readonly steps: number; readonly label: string; readonly value?: number }

export interface AttackContext {
  readonly probe: Probe
  readonly goal: Goal
  readonly options: Pick<OptionValues, 'number' | 'choice'>
  readonly random: Random
  /** Between steps: waits while the run is paused, throws once it is cancelled. */
  readonly tick: (progress: Progress, /** As it is now, [C, H, W]. */ picture?: Float32Array) => Promise<void>
}

interface MethodFacts {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly citation: string
  readonly options: readonly OptionSpec[]
  /** What its distance is measured by first; absent where there is no picture to stay near to. */
  readonly norm?: Norm | ((options: AttackContext['options']) => Norm)
}

/** Changes one photograph. */
export interface PictureMethod extends MethodFacts {
  readonly kind: 'picture'
  /** The option that says how much may be changed, 0..255; absent for methods that look for the smallest change themselves. */
  readonly budget?: string
  /** From an 8-bit picture [C, H, W] in 0..1 to one that answers the goal, or comes nearest to it, unrounded. */
  readonly run: (context: AttackContext, picture: Float32Array) => Promise<Float32Array>
}

/** What a change of many photographs is made of so far: all that it needs to go on behind `step`. */
export interface SetState { readonly step: number; readonly tensors: ReadonlyMap<string, Float32Array>; readonly notes: Readonly<Record<string, number>> }

export interface SetContext extends Pick<AttackContext, 'probe' | 'options'> {
  readonly target: number | undefined
  /** Numbers of a stream of its own: the same whether the run was interrupted before or not. */
  readonly randomOf: (stream: number) => Random
  /** To go on from. */
  readonly from: SetState | undefined
  /** As AttackContext's; `state` as it is behind the step, in memory that is not written again. */
  readonly tick: (progress: Omit<Progress, 'step'>, picture: Float32Array, state: SetState) => Promise<void>
}

/** Makes one change that fools on many photographs. */
export interface SetMethod extends MethodFacts {
  readonly kind: 'set'
  readonly budget?: string
  /** `apply` gives a photograph with the change on it. `change` as a picture [C, H, W] or [C, h, w] to be shown. */
  readonly run: (context: SetContext, pictures: readonly Float32Array[]) => Promise<SharedChange>
}

export interface SharedChange {
  readonly apply: (picture: Float32Array, random: Random) => Float32Array
  readonly change: { readonly channels: number; readonly height: number; readonly width: number; readonly data: Float32Array }
}

/** Makes a picture of a class from nothing, or from a picture that it need not stay near to. */
export interface ClassMethod extends MethodFacts {
  readonly kind: 'class'
  readonly run: (context: AttackContext, start: Float32Array | undefined) => Promise<Float32Array>
}

/** Breeds pictures of all classes at once; the archive is in `evolution/`. */
export interface EvolutionMethod extends MethodFacts {
  readonly kind: 'evolution'
  readonly encoding: 'cppn' | 'direct'
}

/** Breeds, trains and breeds again: in `fool-loop.ts`. */
export interface LoopMethod extends MethodFacts {
  readonly kind: 'loop'
}

export type FoolingMethod = PictureMethod | SetMethod | ClassMethod | EvolutionMethod | LoopMethod

export const defineMethod = <Method extends FoolingMethod>(method: Method): Method => method

/** An option in 0..255, as budgets are counted. */
export const budgetOption = (initial: number, maximum = 255, help = 'Largest change of a channel, in steps of 8 bits (0..255).'): OptionSpec =>
  ({ type: 'number', id: 'budget', title: 'Budget (0–255)', help, minimum: 0.1, maximum, initial })
export const stepsOption = (initial: number, maximum = 10_000): OptionSpec => ({ type: 'integer', id: 'steps', title: 'Steps', help: 'Runs of the network and its gradient.', minimum: 1, maximum, initial })
