/** What a model is, in numbers. */
import { basename } from 'node:path'
import type { NetworkSummary, OperatorCount } from '#contract/graph.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Model } from '../onnx/model.ts'
import { runnableReason } from '../onnx/runnable.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { gradientSupportOf } from './gradient-support.ts'
import { multiplyAccumulatesOf } from './multiply-accumulates.ts'
import { parametersOf } from './parameters.ts'
import { batchOf, valueGraphOf } from './value-graph.ts'
import type { ValueGraph } from './value-graph.ts'

export interface SummaryOptions {
  /** Names the model by its file. */
  readonly path?: string
  /** Size of the file. */
  readonly bytes: number
}

/** @param facts of the same model (`inferShapes`); parameters that several nodes share count once */
export function summarize(model: Model, facts: ReadonlyMap<string, Fact>, { path, bytes }: SummaryOptions): NetworkSummary {
  const values = valueGraphOf(model, facts)
  const { graph } = model
  const parameters = new Map(values.dataNodes.flatMap((node) => [...parametersOf(node, values)]))
  const macs = values.dataNodes.reduce((sum, node) => sum + multiplyAccumulatesOf(node, values), 0)
  const reason = runnableReason(model)
  const infoOf = (name: string): NetworkSummary['inputs'][number] => ({ name, dataType: facts.get(name)?.dataType ?? 'undefined', shape: [...(facts.get(name)?.shape ?? [])] })
  return {
    name: path === undefined ? graph.name : basename(path),
    producer: [model.producerName, model.producerVersion].filter((text) => text !== '').join(' '),
    irVersion: model.irVersion,
    opset: opsetOf(model),
    bytes,
    parameters: [...parameters.values()].reduce((sum, count) => sum + count, 0),
    macs: Math.round(macs / batchOf(values)),
    nodes: graph.nodes.length,
    inputs: values.inputs.map(infoOf),
    outputs: graph.outputs.map(({ name }) => infoOf(name)),
    operators: operatorsOf(model, facts, values),
    ...(reason === undefined ? {} : { notRunnable: reason }),
    metadata: Object.fromEntries(model.metadata),
  }
}

/** The worst that holds of any of its nodes is told of an operator. */
const severity: Readonly<Record<OperatorCount['gradient'], number>> = { 'non-differentiable': 0, differentiable: 1, missing: 2, refused: 3 }

/** Most frequent first. Nodes that only compute constants or extents have no gradient to miss. */
function operatorsOf(model: Model, facts: ReadonlyMap<string, Fact>, values: ValueGraph): OperatorCount[] {
  const onData = new Set(values.dataNodes)
  const counts = new Map<string, OperatorCount>()
  for (const node of model.graph.nodes) {
    const key = `${node.domain}::${node.opType}`
    const support = onData.has(node) ? gradientSupportOf(node, model, facts) : { gradient: 'non-differentiable' as const }
    const before = counts.get(key)
    if (!before) counts.set(key, { op: node.opType, domain: node.domain, count: 1, ...support })
    else counts.set(key, { ...(severity[support.gradient] > severity[before.gradient] ? { op: before.op, domain: before.domain, ...support } : before), count: before.count + 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.op.localeCompare(b.op))
}
