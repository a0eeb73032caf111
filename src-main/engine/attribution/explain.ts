/** Runs attribution methods on a picture: the entry for handlers and the command line. */
import { AppError } from '#contract/errors.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { findLayer } from '../network/find-layer.ts'
import type { Network } from '../network/network.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { AttributionMap, MethodContext } from './define-method.ts'
import { mapLayers } from './layers.ts'
import { optionValues } from './options.ts'
import { findMethod } from './registry.ts'
import type { ResolvedTarget } from './target.ts'

export interface ExplainRequest {
  readonly network: Network
  readonly display: DisplaySpace
  /** [1, C, H, W] in display space. */
  readonly picture: FloatTensor
  /** Made by `resolveTarget`. */
  readonly target: ResolvedTarget
  readonly method: string
  readonly options?: Readonly<Record<string, number | string>>
  readonly seed: number
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number, note: string) => void
}

export interface Explanation extends AttributionMap {
  readonly method: string
  readonly signed: boolean
  readonly ms: number
}

/** Throws 'method-unknown', 'option-invalid', 'layer-invalid', 'cancelled', and what `Network.gradient` throws. */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { network, display, picture, target, signal, onProgress } = request
  const method = findMethod(request.method)
  const options = optionValues(method, request.options ?? {}, () => mapLayers(network, target.tensor).suggested, (id) => checkedLayer(network, target.tensor, id))
  const progress = (fraction: number, note: string): void => {
    if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.')
    onProgress?.(fraction, note)
  }
  const context: MethodContext = { network, display, picture, target, options, seed: request.seed, progress, ...(signal ? { signal } : {}) }
  const began = performance.now()
  progress(0, method.title)
  const result = await method.run(context)
  return { ...result, method: method.id, signed: method.signed, ms: performance.now() - began }
}

function checkedLayer(network: Network, target: string, id: string): string {
  const layer = findLayer(network, id)
  const { layers } = mapLayers(network, target)
  if (layers.includes(layer)) return layer.id
  const why = layer.view.type === 'maps' || layer.view.type === 'tokens' ? 'it does not lie between the picture and the target' : 'its output is not maps over the picture'
  throw new AppError('layer-invalid', `'${layer.title}' cannot be used: ${why}. Choose one of ${layers.slice(-5).map(({ title }) => `'${title}'`).join(', ')}${layers.length > 5 ? ` or ${layers.length - 5} others` : ''}.`)
}
