/** Runs attribution methods on a picture: the entry for handlers and the command line. */
import type { MethodInfo, Target } from '#contract/explain.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { AttributionMap } from './define-method.ts'
import type { ResolvedTarget } from './target.ts'

export interface ExplainRequest {
  readonly network: Network
  readonly display: DisplaySpace
  /** [1, C, H, W] in display space. */
  readonly picture: FloatTensor
  readonly target: ResolvedTarget
  readonly method: string
  readonly options: Readonly<Record<string, number | string>>
  readonly seed: number
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number, note: string) => void
}

export interface Explanation extends AttributionMap {
  readonly method: string
  readonly signed: boolean
  readonly ms: number
}

/** `resolveTarget(network, display, picture, target)` makes the request's target. */
export type ResolveTarget = (network: Network, display: DisplaySpace, picture: FloatTensor, target: Target) => Promise<ResolvedTarget>
/** `explain(request)`; throws 'method-unknown', 'option-invalid', 'layer-invalid', 'cancelled', and what `Network.gradient` throws. */
export type Explain = (request: ExplainRequest) => Promise<Explanation>
/** `methodInfos()` in the order to show them. */
export type MethodInfos = () => MethodInfo[]
