/** The kernels of a layer in parts, fetched as they come into sight; parts of another layer or order are forgotten. */
import { onScopeDispose, shallowReactive, shallowRef, watch } from 'vue'
import type { KernelLayer } from '#contract/activations.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { toFailure } from '#renderer/api/errors.ts'
import type { Failure } from '#renderer/api/errors.ts'
import { toFloats } from '#renderer/api/tensors.ts'
import { toBlock } from '#renderer/charts/kernel-tiles.ts'
import type { KernelBlock } from '#renderer/charts/kernel-tiles.ts'

export type KernelSort = 'index' | 'norm' | 'similarity'

export interface KernelChunk {
  readonly block: KernelBlock
  /** Output channel of each kernel in the block. */
  readonly outputs: readonly number[]
  readonly extent: number
  readonly norms: readonly number[]
}

/** About this many weights travel at once. */
const weightsPerChunk = 400_000
export const mostInputs = 256

export const chunkSizeOf = ({ inputsPerGroup, kernel }: Pick<KernelLayer, 'inputsPerGroup' | 'kernel'>): number => {
  const weights = Math.min(inputsPerGroup, mostInputs) * kernel.reduce((product, extent) => product * extent, 1)
  return Math.max(8, Math.min(256, Math.floor(weightsPerChunk / Math.max(1, weights))))
}

export function useKernelChunks(question: () => { readonly model: string; readonly layer: KernelLayer; readonly sort: KernelSort } | null) {
  const { client } = useEngine()
  const chunks = shallowReactive(new Map<number, KernelChunk>())
  const failure = shallowRef<Failure | null>(null)
  let controller = new AbortController()
  let asked = new Set<number>()

  function forget(): void {
    controller.abort()
    controller = new AbortController()
    asked = new Set()
    chunks.clear()
    failure.value = null
  }

  async function load(index: number): Promise<void> {
    const current = question()
    if (current === null || asked.has(index) || failure.value !== null) return
    asked.add(index)
    const { signal } = controller
    const { model, layer, sort } = current
    const size = chunkSizeOf(layer)
    try {
      const sheet = await client.kernels.sheet({ model, layer: layer.layer, offset: index * size, count: size, inputs: Math.min(mostInputs, Math.max(1, layer.inputsPerGroup)), sort }, { signal })
      const block = toBlock(await toFloats(sheet.kernels))
      if (!signal.aborted) chunks.set(index, { block, outputs: sheet.outputs, extent: sheet.extent, norms: sheet.norms })
    } catch (error) {
      const reason = toFailure(error)
      if (!signal.aborted && reason.kind !== 'cancelled') failure.value = reason
    }
  }

  watch(() => JSON.stringify(question()), forget)
  onScopeDispose(forget)
  return { chunks, failure, load, forget }
}
