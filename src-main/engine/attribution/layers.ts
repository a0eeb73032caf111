/** Layers that a layer method may use: those with maps on the way from the picture to the target. */
import type { Layer, LayerKind } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import { patchGrid } from '#contract/patch-grid.ts'
import type { Network } from '../network/network.ts'
import { indexGraph } from '../onnx/graph.ts'
import { valuesReadBy } from '../onnx/captures.ts'
import { elementCount } from '../onnx/tensor-data.ts'

/** Whether a layer's units have a place in the picture: maps of more than one position, or the tokens of its patches in reading order. */
function isSpatial({ view, shape }: Layer): boolean {
  if (view.type === 'maps') return view.height * view.width > 1
  // Tokens by window or by head have a further axis.
  return view.type === 'tokens' && shape.every((dim) => dim !== null) && elementCount(shape) === view.tokens * view.units && patchGrid(view.tokens) !== undefined
}

/** A pool, a resize or a reshape behind the last convolution shows the same maps, coarser. */
const computing: ReadonlySet<LayerKind> = new Set<LayerKind>(['convolution', 'join', 'concat', 'normalization', 'activation', 'attention'])

/**
 * Suggested: the last such layer with maps larger than one position, "the best compromise between high-level semantics and detailed
 * spatial information" (Selvaraju et al. 2017, section 3); of tokens the last before an attention, behind which the answer may be read
 * from the class token alone. Throws 'layer-invalid' where there is none.
 */
export function mapLayers(network: Network, target: string): { readonly suggested: string; readonly layers: readonly Layer[] } {
  const reached = ancestorsOf(network, target)
  const layers = network.structure.layers.filter((layer) => isSpatial(layer) && layer.kind !== 'input' && reached.has(layer.outputTensor))
  const usable = layers.filter((layer) => computing.has(layer.kind) && layer.outputTensor !== target)
  const last = usable.at(-1) ?? layers.at(-1)
  const suggested = last?.view.type === 'tokens' ? lastBeforeAttention(network, usable) ?? last : last
  if (!suggested)
    throw new AppError('layer-invalid', 'No layer between the picture and the target has maps larger than one position, which this method needs. Use a gradient method instead.')
  return { suggested: suggested.id, layers }
}

function lastBeforeAttention(network: Network, usable: readonly Layer[]): Layer | undefined {
  const attention = usable.findLast(({ kind }) => kind === 'attention')
  if (!attention) return undefined
  const before = ancestorsOf(network, attention.outputTensor)
  return usable.findLast((layer) => layer !== attention && layer.kind !== 'attention' && before.has(layer.outputTensor))
}

/** Values that the target is computed from, itself included. */
function ancestorsOf({ compute }: Network, target: string): ReadonlySet<string> {
  const { producers } = indexGraph(compute.graph)
  const reached = new Set<string>()
  const waiting = [target]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    const node = producers.get(name)
    if (node) waiting.push(...valuesReadBy(node))
  }
  return reached
}
