/** Slices of one value: side by side they split it; concatenated again they roll it (Liu et al. 2021, arXiv:2103.14030) or fold space into depth. */
import type { Node } from '../../onnx/model.ts'
import { definePattern, unitOf } from '../unit.ts'
import { onlyReaderOf } from '../value-graph.ts'
import type { ValueGraph } from '../value-graph.ts'

const isSlice = (node: Node | undefined): node is Node => node?.opType === 'Slice'

/** Back through slices that feed nothing else. */
function sourceOf(name: string, values: ValueGraph, members: Node[]): string {
  const node = values.producerOf(name)
  if (!isSlice(node) || !onlyReaderOf(values, name)) return name
  members.push(node)
  return sourceOf(node.inputs[0] ?? '', values, members)
}

export const slicesJoined = definePattern({
  anchors: ['Concat'],
  match: (concat, values, taken) => {
    const inputs = values.dataInputsOf(concat)
    const slices: Node[] = []
    const sources = new Set(inputs.map((name) => sourceOf(name, values, slices)))
    if (inputs.length < 2 || sources.size !== 1 || slices.length < inputs.length || slices.some((node) => taken.has(node))) return undefined
    const source = [...sources][0] ?? ''
    const same = values.shapeOf(source)?.join() === values.shapeOf(concat.outputs[0] ?? '')?.join()
    return unitOf(same ? 'Roll' : 'SpaceToDepth', [...slices, concat], values)
  },
})

export const slicesApart = definePattern({
  anchors: ['Slice'],
  match: (first, values, taken) => {
    const source = first.inputs[0] ?? ''
    const slices = values.readersOf(source).filter((node) => isSlice(node) && node.inputs[0] === source && !taken.has(node))
    const whole = values.shapeOf(source)
    const parts = slices.map((node) => values.shapeOf(node.outputs[0] ?? ''))
    if (slices.length < 2 || slices[0] !== first || !whole) return undefined
    // One axis differs, and the parts fill it.
    const axes = whole.flatMap((dim, axis) => (parts.some((part) => part?.[axis] !== dim) ? [axis] : []))
    const [axis] = axes
    if (axes.length !== 1 || axis === undefined) return undefined
    const filled = parts.reduce((sum, part) => sum + Number(part?.[axis] ?? NaN), 0)
    return filled === whole[axis] ? unitOf('Split', slices, values) : undefined
  },
})
