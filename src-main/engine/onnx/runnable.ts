/** Whether onnxruntime can run a model at all, told before it is asked. */
import { subgraphsOf } from './captures.ts'
import type { Model, Node } from './model.ts'
import { opsetOf } from './model.ts'

/** onnxruntime 1.30: kernels begin at operator set 7, and it refuses models from operator set 27 or IR version 14 on. */
const runtimeLimits = { oldestOpset: 7, newestOpset: 26, newestIrVersion: 13 } as const

/** Domains that onnxruntime's own builds implement. */
const runtimeDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview', 'ai.onnx.preview.training', 'com.microsoft', 'com.microsoft.experimental', 'com.microsoft.nchwc', 'com.ms.internal.nhwc'])

/** One line on why the model can be looked at but not run, and what to do; undefined where nothing speaks against running it. */
export function runnableReason(model: Model): string | undefined {
  const opset = opsetOf(model)
  const nodes = allNodes(model.graph.nodes)
  const functions = new Set(model.functions.map((body) => `${body.domain}::${body.name}`))
  const foreign = [...new Set([...nodes, ...model.functions.flatMap((body) => allNodes(body.nodes))].filter((node) => !runtimeDomains.has(node.domain) && !functions.has(`${node.domain}::${node.opType}`)).map((node) => `${node.domain}::${node.opType}`))]
  if (foreign.length > 0)
    return `The model uses operators that onnxruntime does not have: ${foreign.slice(0, 5).join(', ')}${foreign.length > 5 ? ` and ${foreign.length - 5} more` : ''}. Export it with standard operators.`
  const isStandardUsed = nodes.some((node) => node.domain === '' || node.domain === 'ai.onnx')
  if (isStandardUsed && opset < runtimeLimits.oldestOpset)
    return `The model is written in operator set ${opset}; onnxruntime runs ${runtimeLimits.oldestOpset} to ${runtimeLimits.newestOpset}. Convert it (onnx.version_converter.convert_version(model, 13)) or export it again.`
  if (isStandardUsed && opset > runtimeLimits.newestOpset)
    return `The model is written in operator set ${opset}; onnxruntime runs ${runtimeLimits.oldestOpset} to ${runtimeLimits.newestOpset}. Export it again with a lower opset_version.`
  if (model.irVersion > runtimeLimits.newestIrVersion)
    return `The model is of ONNX IR version ${model.irVersion}; onnxruntime reads versions up to ${runtimeLimits.newestIrVersion}. Save it with an older onnx package.`
  return undefined
}

function allNodes(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...subgraphsOf(node).flatMap((graph) => allNodes(graph.nodes))])
}
