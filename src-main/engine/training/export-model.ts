/** The trained network for inference: any batch, probabilities out, labels and preprocessing in its metadata. */
import { int } from '../onnx/attributes.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import { preprocessingMetadata } from '../preprocessing/own-metadata.ts'
import { buildNetwork, infoOf, pictureInput } from './network.ts'
import type { Recipe } from './recipe.ts'

export function exportModel(recipe: Recipe, parameters: ReadonlyMap<string, Tensor>, labels: readonly string[]): Model {
  const { model, logits } = buildNetwork(recipe, 'batch')
  const { size } = recipe.data
  return {
    ...model,
    metadata: preprocessingMetadata({
      input: pictureInput, layout: 'NCHW', channels: 'RGB', scale: 1, mean: [...recipe.mean], std: [...recipe.std], invert: false, height: size, width: size,
      fit: 'crop', resize: size, labels: [...labels], output: 'probabilities', outputTensor: 'probabilities',
    }),
    graph: {
      ...model.graph,
      nodes: [...model.graph.nodes, { name: 'probabilities', opType: 'Softmax', domain: '', inputs: [logits], outputs: ['probabilities'], attributes: new Map([['axis', int(1)]]) }],
      outputs: [infoOf('probabilities', ['batch', labels.length])],
      initializers: parameters,
    },
  }
}
