/** Layers in the making: a main unit and what is told together with it. */
import type { LayerKind } from '#contract/graph.ts'
import type { Node } from '../onnx/model.ts'
import { fusedActivations, fusedNormalizations, kindOf, unseenOperators } from './kinds.ts'
import { leavesUnchanged } from './unchanged.ts'
import type { Unit } from './unit.ts'
import { unitsOf } from './units.ts'
import type { ValueGraph } from './value-graph.ts'

export interface Draft {
  readonly kind: LayerKind
  readonly main: Unit
  /** Units fused to the main one, in order; padding that precedes it first. */
  readonly fused: readonly Unit[]
  readonly nodes: readonly Node[]
  /** Data values read from other layers. */
  readonly reads: readonly string[]
  readonly output: string
  readonly preActivation?: string
}

interface Growing {
  kind: LayerKind
  main: Unit
  fused: Unit[]
  nodes: Node[]
  reads: string[]
  output: string
  preActivation?: string
  /** The value after what is not seen: the next unit that reads it alone may be fused. */
  end: string
}

export interface Drafts {
  readonly units: readonly Unit[]
  /** In topological order; the inputs of the model first, its outputs last. */
  readonly drafts: readonly Draft[]
  /** The layer that yields a data value. */
  readonly ownerOf: (name: string) => Draft | undefined
}

const marker = (op: 'Input' | 'Output', name: string): Unit => ({ op, nodes: [], inputs: op === 'Input' ? [] : [name], outputs: [name] })
const acceptsActivation: ReadonlySet<LayerKind> = new Set(['convolution', 'dense', 'pooling', 'normalization', 'join', 'concat', 'resize', 'attention', 'reshape'])
const windows: ReadonlySet<LayerKind> = new Set(['convolution', 'pooling'])

/** A constant operand whose extents tell a bias or a scale: one element, or one a channel. */
function isAffine(unit: Unit, layer: Growing, values: ValueGraph): boolean {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(unit.op) || unit.inputs.length !== 1 || layer.preActivation !== undefined) return false
  if (!['convolution', 'dense', 'normalization', 'attention'].includes(layer.kind)) return false
  const constant = unit.nodes[0]?.inputs.find((name) => name !== '' && values.isConstant(name))
  const shape = values.shapeOf(constant ?? '')
  return shape !== undefined && shape.filter((dim) => dim !== 1).length <= 1
}

function fuses(unit: Unit, layer: Growing, values: ValueGraph): boolean {
  if (layer.kind === 'input' || layer.main.outputs.length > 1 || unit.outputs.length !== 1) return false
  // A Transpose between may order the axes anew; after a Reshape the content is another.
  if (layer.end !== layer.output && values.shapeOf(layer.end)?.length !== values.shapeOf(layer.output)?.length) return false
  if (unit.inputs.length !== 1) return false
  if (fusedActivations.has(unit.op)) return layer.preActivation === undefined && acceptsActivation.has(layer.kind)
  if (fusedNormalizations.has(unit.op)) return layer.preActivation === undefined && (layer.kind === 'convolution' || layer.kind === 'dense') && !layer.fused.some((one) => fusedNormalizations.has(one.op))
  return isAffine(unit, layer, values)
}

export function draftLayers(values: ValueGraph): Drafts {
  const owners = new Map<string, Growing>()
  const layers: Growing[] = []
  const begin = (kind: LayerKind, main: Unit): Growing => {
    const output = main.outputs[0] ?? main.nodes.at(-1)?.outputs[0] ?? ''
    const layer: Growing = { kind, main, fused: [], nodes: [...main.nodes], reads: [...main.inputs], output, end: output }
    layers.push(layer)
    for (const name of [...main.outputs, ...main.nodes.flatMap((node) => node.outputs)]) owners.set(name, layer)
    return layer
  }
  const extend = (layer: Growing, unit: Unit): void => {
    layer.nodes.push(...unit.nodes)
    for (const name of unit.nodes.flatMap((node) => node.outputs)) owners.set(name, layer)
  }
  for (const name of values.inputs) begin('input', marker('Input', name))
  const units = unitsOf(values)
  for (const unit of units) {
    const input = unit.inputs[0] ?? ''
    const before = owners.get(input)
    const alone = before !== undefined && input === before.end && onlyReader(values, input, unit)
    if (before && unit.inputs.length === 1 && (unseenOperators.has(unit.op) || leavesUnchanged(unit, values))) {
      extend(before, unit)
      if (alone) {
        // What was stored as integers is shown as the numbers they stand for.
        if (unit.op === 'DequantizeLinear' && before.end === before.output) before.output = unit.outputs[0] ?? before.output
        before.end = unit.outputs[0] ?? before.end
      }
    } else if (before && alone && fuses(unit, before, values)) {
      extend(before, unit)
      before.fused.push(unit)
      if (fusedActivations.has(unit.op)) before.preActivation = before.end
      before.output = before.end = unit.outputs[0] ?? before.output
    } else if (before && alone && before.main.op === 'Pad' && before.fused.length === 0 && windows.has(kindOf(unit, values))) {
      extend(before, unit)
      before.fused.push(before.main)
      Object.assign(before, { kind: kindOf(unit, values), main: unit, reads: [...new Set([...before.reads, ...unit.inputs])].filter((name) => owners.get(name) !== before), output: unit.outputs[0], end: unit.outputs[0] })
    } else begin(kindOf(unit, values), unit)
  }
  for (const { name } of values.model.graph.outputs) if (owners.has(name)) layers.push({ kind: 'output', main: marker('Output', name), fused: [], nodes: [], reads: [name], output: name, end: name })
  return { units, drafts: layers, ownerOf: (name) => owners.get(name) }
}

/** Whether a unit alone reads a value. */
const onlyReader = (values: ValueGraph, name: string, unit: Unit): boolean =>
  !values.outputs.has(name) && values.readersOf(name).every((reader) => unit.nodes.includes(reader))

