import type { Graph, Model } from '../onnx/model.ts'
import type { Emit } from './emit.ts'

/** The model with what was emitted behind its nodes, between the ends given; its own ends where absent. */
export function appendEmitted(model: Model, emit: Emit, ends: Partial<Pick<Graph, 'inputs' | 'outputs' | 'valueInfos'>>): Model {
  const { graph } = model
  return { ...model, graph: { ...graph, nodes: [...graph.nodes, ...emit.nodes], initializers: new Map([...graph.initializers, ...emit.initializers]), ...ends } }
}
