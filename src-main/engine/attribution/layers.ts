/** Layers that a layer method may use: those with maps on the way from the picture to the target. */
import type { Layer, LayerKind } from '#contract/graph.ts'
import { AppError } from '#contract/errors.ts'
import type { Network } from '../network/network.ts'
import { indexGraph } from '../onnx/graph.ts'
import { valuesReadBy } from '../onnx/captures.ts'

/** A pool, a resize or a reshape behind the last convolution shows the same maps, coarser. */
const computing: ReadonlySet<LayerKind> = new Set<LayerKind>(['convolution', 'join', 'concat', 'normalization', 'activation', 'attention'])

/**
 * Suggested: the last such layer with maps larger than one position, "the best compromise between high-level semantics and detailed
 * spatial information" (Selvaraju et al. 2017, section 3). Throws 'layer-invalid' where there is none.
 */
export function mapLayers(network: Network, target: string): { readonly suggested: string; readonly layers: readonly Layer[] } {
  const reached = ancestorsOf(network, target)
  const layers = network.structure.layers.filter((layer) => layer.view.type === 'maps' && layer.view.height * layer.view.width > 1 && layer.kind !== 'input' && reached.has(layer.outputTensor))
  const suggested = layers.findLast((layer) => computing.has(layer.kind) && layer.outputTensor !== target) ?? layers.at(-1)
  if (!suggested)
    throw new AppError('layer-invalid', 'No layer between the picture and the target has maps larger than one position, which this method needs. Use a gradient method instead.')
  return { suggested: suggested.id, layers }
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
