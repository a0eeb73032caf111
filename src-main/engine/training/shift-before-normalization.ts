/**
 * Batch normalisation forgets a constant that is added to a channel, so a convolution without bias before it is given minus the running mean as
 * one: adding it costs nothing there, and the variance as mean of squares less squared mean then loses no digits (the shifted algorithm of
 * Chan, Golub and LeVeque 1983, eq. 3.2).
 *   x' = x - running,  mean x = mean x' + running,  var x = var x',  running' = momentum running + (1 - momentum) mean x
 */
import { attributesOf, floatOf, intOf } from '../onnx/attributes.ts'
import type { Model, Node, Tensor } from '../onnx/model.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'

export function shiftBeforeNormalization(model: Model): Model {
  const { graph } = model
  const shown = new Set(graph.outputs.map((output) => output.name))
  const readers = new Map<string, number>()
  for (const name of graph.nodes.flatMap((node) => node.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1)
  const plain = new Set(graph.nodes.flatMap((node) => (node.opType === 'Conv' && node.domain === '' && node.inputs.length === 2 ? node.outputs : [])))

  const shifts = new Map<string, string>()
  const constants = new Map<string, Tensor>()
  const before: Node[] = []
  const make = (opType: string, inputs: readonly string[], output: string): Node => ({ name: output, opType, domain: '', inputs, outputs: [output], attributes: attributesOf({}) })
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const [x = '', , , running = ''] = node.inputs
    const next = node.outputs[1]
    if (node.opType !== 'BatchNormalization' || node.domain !== '' || intOf(node, 'training_mode', 0) !== 1 || next === undefined) return [node]
    if (!plain.has(x) || readers.get(x) !== 1 || shown.has(x)) return [node]
    const named = (part: string): string => `${node.name}/${part}`
    before.push(make('Neg', [running], named('shift')))
    shifts.set(x, named('shift'))
    constants.set(named('fresh'), float32Tensor([], [1 - floatOf(node, 'momentum', 0.9)]))
    return [
      { ...node, outputs: node.outputs.map((output, index) => (index === 1 ? named('shifted_mean') : output)) },
      make('Mul', [running, named('fresh')], named('owed')),
      make('Add', [named('shifted_mean'), named('owed')], next),
    ]
  })
  const shifted = nodes.map((node) => {
    const shift = node.opType === 'Conv' ? shifts.get(node.outputs[0] ?? '') : undefined
    return shift === undefined ? node : { ...node, inputs: [...node.inputs, shift] }
  })
  return { ...model, graph: { ...graph, nodes: [...before, ...shifted], initializers: new Map([...graph.initializers, ...constants]) } }
}
