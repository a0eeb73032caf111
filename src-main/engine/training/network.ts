/** A recipe's network as an ONNX model for a fixed batch, its parameters as initialisers. */
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { createRandom } from '../lib/random.ts'
import type { Dim, Model, Tensor, ValueInfo } from '../onnx/model.ts'
import { NetworkBuilder } from './builder.ts'
import type { Flow } from './builder.ts'
import type { defineBlock } from './define-block.ts'
import type { Recipe } from './recipe.ts'

const files = import.meta.glob<ReturnType<typeof defineBlock>>('./blocks/*.ts', { eager: true, import: 'default' })
const blocks = new Map(Object.values(files).map((block) => [block.id, block]))

export interface BuiltNetwork {
  /** From 'picture' [batch, 3, size, size] to `logits` [batch, classes]. */
  readonly model: Model
  readonly logits: string
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly smoothness: ReadonlyMap<string, number>
}

export const pictureInput = 'picture'

export function buildNetwork(recipe: Pick<Recipe, 'seed' | 'data' | 'net' | 'name' | 'description'>, batch: Dim): BuiltNetwork {
  const builder = new NetworkBuilder(createRandom(recipe.seed))
  const { size } = recipe.data
  let flow: Flow = { name: pictureInput, dims: [3, size, size] }
  for (const [index, { block: id, name, ...options }] of recipe.net.entries()) {
    const block = blocks.get(id)
    if (!block) throw new AppError('option-invalid', `net.${index}: there is no block '${id}'. Known: ${[...blocks.keys()].join(', ')}.`)
    try {
      flow = block.build(builder, flow, options, name)
    } catch (error) {
      if (error instanceof z.ZodError) throw new AppError('option-invalid', `net.${index} ('${name}'): ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`)
      throw error
    }
  }
  const model: Model = {
    irVersion: 8, opsets: new Map([['', 18]]), producerName: 'phosphene', producerVersion: '', domain: '', modelVersion: 1, doc: recipe.description, metadata: new Map(), functions: [],
    graph: {
      name: recipe.name, nodes: builder.nodes, inputs: [infoOf(pictureInput, [batch, 3, size, size])], outputs: [infoOf(flow.name, [batch, ...flow.dims])],
      initializers: builder.parameters, valueInfos: new Map(),
    },
  }
  return { model, logits: flow.name, parameters: builder.parameters, smoothness: builder.smoothness }
}

export function infoOf(name: string, shape: readonly Dim[]): ValueInfo {
  return { name, type: { kind: 'tensor', dataType: 'float32', shape } }
}
