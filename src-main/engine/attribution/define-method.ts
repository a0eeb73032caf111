/**
 * An attribution method: why the model answered as it did, as one number per pixel of its input. One file a method in
 * `methods/`; the registry globs them.
 */
import type { OptionSpec } from '#contract/explain.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { ResolvedTarget } from './target.ts'

/** Values of a method's options by id, checked against its schema and completed with the initial ones. */
export interface OptionValues {
  number(id: string): number
  choice(id: string): string
  /** Id of a layer of the structure: the one chosen, or the one suggested. */
  layer(id: string): string
}

export interface MethodContext {
  readonly network: Network
  readonly display: DisplaySpace
  /** [1, C, H, W] in display space. */
  readonly picture: FloatTensor
  readonly target: ResolvedTarget
  readonly options: OptionValues
  readonly seed: number
  readonly signal?: AbortSignal
  /** Share done, 0..1, and what is being done, for people. Throws AppError 'cancelled' once the signal is aborted. */
  progress(fraction: number, note: string): void
}

export interface AttributionMap {
  /** [H, W] over the model's input. */
  readonly map: FloatTensor
  readonly facts: Readonly<Record<string, number | string>>
  /** Id of the layer used, by layer methods. */
  readonly layer?: string
}

export interface AttributionMethod {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly citation: string
  /** Whether values carry a sign. */
  readonly signed: boolean
  readonly options: readonly OptionSpec[]
  readonly run: (context: MethodContext) => Promise<AttributionMap>
}

export const defineMethod = (method: AttributionMethod): AttributionMethod => method
