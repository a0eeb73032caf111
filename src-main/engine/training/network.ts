/** A recipe's network as an ONNX graph: one for training at a fixed batch, one for prediction at any. */
import { z } from 'zod'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Net, NetDescription, Recipe } from '#contract/training.ts'
import { createRandom } from '../lib/random.ts'
import { ownModel } from '../onnx/model.ts'
import type { Dim, Model, Tensor, ValueInfo } from '../onnx/model.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { NetworkBuilder } from './builder.ts'
import type { BuiltLayer, Flow, MaskInput, Mode, RunningState } from './builder.ts'
import type { AnyBlock, BlockList } from './define-block.ts'
import { parseNotation } from './notation.ts'

const files = import.meta.glob<AnyBlock>('./blocks/*.ts', { eager: true, import: 'default' })
const blocks = new Map(Object.values(files).map((block) => [block.id, block]))

export interface BuiltNetwork {
  /** From `input` [batch, ...] to `output` [batch, ...]; parameters and running averages are its initialisers. */
  readonly model: Model
  readonly input: string
  readonly output: string
  /** Behind the batch axis. */
  readonly inputDims: readonly number[]
  readonly outputDims: readonly number[]
  /** What the optimiser moves. */
  readonly parameters: ReadonlyMap<string, Tensor>
  /** What the forward pass moves. */
  readonly running: ReadonlyMap<string, RunningState>
  readonly masks: readonly MaskInput[]
  readonly smoothness: ReadonlyMap<string, number>
  /** Share of the rate, by parameter; 1 where it is not named. */
  readonly rates: ReadonlyMap<string, number>
  readonly layers: readonly BuiltLayer[]
}

export interface NetworkRequest {
  readonly net: Net
  readonly seed: number
  readonly initialization: Recipe['initialization']
  /** Behind the batch axis: [channels, height, width] or [columns]. */
  readonly inputDims: readonly number[]
  readonly mode: Mode
  readonly batch: Dim
  readonly name?: string
  readonly description?: string
}

export const inputName = 'input'

export function buildNetwork({ net, seed, initialization, inputDims, mode, batch, name = 'network', description = '' }: NetworkRequest): BuiltNetwork {
  const builder = new NetworkBuilder({ random: createRandom(seed), mode, batch, initialization })
  const output = buildBlocks(builder, blocksOf(net), { name: inputName, dims: inputDims })
  const model = ownModel({
    name, nodes: builder.nodes, outputs: [infoOf(output.name, [batch, ...output.dims])], valueInfos: new Map(),
    inputs: [infoOf(inputName, [batch, ...inputDims]), ...builder.masks.map((mask) => infoOf(mask.name, [batch, ...mask.dims]))],
    initializers: new Map([...builder.constants, ...builder.parameters, ...[...builder.running].map(([key, { initial }]): [string, Tensor] => [key, initial])]),
  }, { doc: description })
  return {
    model, input: inputName, output: output.name, inputDims, outputDims: output.dims, parameters: builder.parameters, running: builder.running, masks: builder.masks,
    smoothness: builder.smoothness, rates: new Map(), layers: builder.layers,
  }
}

/** Throws 'option-invalid' for an ONNX model, whose layers are not blocks. */
export function blocksOf(net: Net): BlockList {
  if (net.kind === 'notation') return parseNotation(net.text)
  if (net.kind === 'blocks') return net.blocks
  throw new AppError('option-invalid', 'This network is an ONNX model and not a list of blocks.')
}

export function buildBlocks(builder: NetworkBuilder, list: BlockList, input: Flow): Flow {
  return list.reduce((flow, { block: id, name, notation, position, ...options }) => {
    const block = blocks.get(id)
    if (!block) throw new AppError('option-invalid', `The network's '${name}': there is no block '${id}'. Known: ${[...blocks.keys()].join(', ')}.`)
    try {
      return block.build(builder, flow, options, { name, notation: typeof notation === 'string' ? notation : id, build: (inner, from) => buildBlocks(builder, inner, from) })
    } catch (error) {
      if (error instanceof z.ZodError) throw new AppError('option-invalid', `The network's '${name}' (${id}): ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`, { cause: error })
      // Layers that do not fit are pointed at where they are written, the innermost one.
      if (!isAppError(error) || typeof notation !== 'string' || position === undefined || error.data['position'] !== undefined) throw error
      throw new AppError(error.code, error.message, { data: { ...error.data, token: notation.split(' ')[0], position }, cause: error })
    }
  }, input)
}

export function infoOf(name: string, shape: readonly Dim[]): ValueInfo {
  return { name, type: { kind: 'tensor', dataType: 'float32', shape } }
}

/** Numbers that the optimiser moves. */
export const parameterCount = ({ parameters }: BuiltNetwork): number => [...parameters.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)

/** What the workspace draws of a network: while it is typed, and of a run; nothing where it could not be built. */
export function describeNetwork(network: BuiltNetwork | undefined): NetDescription {
  if (!network) return { layers: [], parameters: 0 }
  return {
    layers: network.layers.map((layer) => ({ id: layer.id, notation: layer.notation, title: layer.title, dims: [...layer.dims], parameters: layer.parameters, kernels: layer.kernel !== undefined })),
    parameters: parameterCount(network),
  }
}

/** Parameters and running averages as the seed gives them. */
export const initialWeights = ({ parameters, running }: BuiltNetwork): ReadonlyMap<string, Tensor> => new Map([...parameters, ...[...running].map(([name, { initial }]): [string, Tensor] => [name, initial])])
