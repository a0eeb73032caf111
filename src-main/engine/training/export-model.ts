/**
 * The trained network as a file of its own: any batch, raw values in (pixels 0..255, or numbers as the table has them), probabilities or answers
 * in their own units out. Labels and preprocessing are in its metadata.
 */
import { wantsLightOnDark } from '../datasets/borders.ts'
import { foldBatchNormalization } from '../onnx/fold-batch-norm.ts'
import { attributesOf, int } from '../onnx/attributes.ts'
import type { Attribute, Model, Node, Tensor } from '../onnx/model.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'
import { preprocessingMetadata } from '../preprocessing/own-metadata.ts'
import { withWeights } from './evaluator.ts'
import { infoOf } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import type { PreparedData } from './prepare.ts'
import { lossOf } from './registries.ts'

export interface ExportOptions {
  /** Batch normalisation worked into the layers before it. */
  readonly foldNormalization?: boolean
}

export function exportModel(network: BuiltNetwork, weights: ReadonlyMap<string, Tensor>, data: PreparedData, { foldNormalization = false }: ExportOptions = {}): Model {
  const trained = withWeights(network.model, weights)
  const head = headOf(network, data)
  const entry = entryOf(network, data)
  const { graph } = trained
  const model: Model = {
    ...trained,
    metadata: metadataOf(network, data, entry.input, head.output, head.probabilities),
    graph: {
      ...graph,
      inputs: [infoOf(entry.input, ['batch', ...network.inputDims])],
      nodes: [...entry.nodes, ...graph.nodes, ...head.nodes],
      outputs: [infoOf(head.output, ['batch', ...network.outputDims])],
      initializers: new Map([...graph.initializers, ...entry.constants, ...head.constants]),
    },
  }
  return foldNormalization ? foldBatchNormalization(model, new Set([head.output])) : model
}

interface Part { readonly nodes: readonly Node[]; readonly constants: ReadonlyMap<string, Tensor> }

const node = (opType: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, Attribute>> = {}): Node =>
  ({ name: output, opType, domain: '', inputs, outputs: [output], attributes: attributesOf(attributes) })

/** (raw - mean) / std, with pixels in 0..255. */
function entryOf({ input, inputDims }: BuiltNetwork, { standardization: { mean, std }, dataset }: PreparedData): Part & { readonly input: string } {
  const pictures = dataset.input.kind === 'pictures'
  const unit = pictures ? 255 : 1
  const name = pictures ? 'picture' : 'numbers'
  const dims = [1, mean.length, ...inputDims.slice(1).map(() => 1)]
  return {
    input: name,
    constants: new Map([['standardize/mean', float32Tensor(dims, mean.map((value) => value * unit))], ['standardize/std', float32Tensor(dims, std.map((value) => value * unit))]]),
    nodes: [node('Sub', [name, 'standardize/mean'], 'standardize/centered'), node('Div', ['standardize/centered', 'standardize/std'], input)],
  }
}

function headOf(network: BuiltNetwork, { recipe, plan, targetStandardization }: PreparedData): Part & { readonly output: string; readonly probabilities: boolean } {
  const { output } = network
  const { answer } = lossOf(recipe.loss.kind)
  const none = new Map<string, Tensor>()
  if (plan.kind === 'classes' && answer === 'softmax') {
    const already = network.model.graph.nodes.find((each) => each.outputs.includes(output))?.opType === 'Softmax'
    return already ? { nodes: [], constants: none, output, probabilities: true } : { nodes: [node('Softmax', [output], 'probabilities', { axis: int(1) })], constants: none, output: 'probabilities', probabilities: true }
  }
  if (answer === 'sigmoid') return { nodes: [node('Sigmoid', [output], 'probabilities')], constants: none, output: 'probabilities', probabilities: true }
  if (plan.kind === 'numbers' && targetStandardization) {
    const row = (values: readonly number[]): Tensor => float32Tensor([1, values.length], [...values])
    return {
      nodes: [node('Mul', [output, 'answers/std'], 'answers/scaled'), node('Add', ['answers/scaled', 'answers/mean'], 'answers')],
      constants: new Map([['answers/std', row(targetStandardization.std)], ['answers/mean', row(targetStandardization.mean)]]), output: 'answers', probabilities: false,
    }
  }
  return { nodes: [], constants: none, output, probabilities: false }
}

function metadataOf({ inputDims }: BuiltNetwork, { dataset, recipe, plan, parts }: PreparedData, input: string, output: string, probabilities: boolean): Map<string, string> {
  const [channels = 1, height = 1, width = 1] = inputDims
  const labels = dataset.target.kind === 'classes' ? [...dataset.target.labels] : []
  const classes = plan.kind === 'classes'
  const preprocessing = dataset.input.kind === 'pictures'
    ? preprocessingMetadata({
        input, layout: 'NCHW', channels: channels === 1 ? 'GRAY' : 'RGB', scale: 255, mean: Array.from({ length: channels }, () => 0), std: Array.from({ length: channels }, () => 1), invert: wantsLightOnDark(dataset, parts.train),
        height, width, fit: 'crop', resize: Math.min(height, width), labels: classes && plan.outputs === plan.columns ? labels : [],
        output: classes ? (probabilities ? 'probabilities' : 'logits') : 'none', ...(classes ? { outputTensor: output } : {}),
      })
    : new Map<string, string>()
  return new Map([
    ...preprocessing,
    ['phosphene.recipe', JSON.stringify(recipe)],
    ['labels', JSON.stringify(labels)],
    ...(dataset.input.kind === 'numbers' ? [['inputs', JSON.stringify(dataset.input.columns)] as const] : []),
    ...(dataset.target.kind === 'numbers' ? [['answers', JSON.stringify(dataset.target.columns)] as const] : []),
  ])
}
