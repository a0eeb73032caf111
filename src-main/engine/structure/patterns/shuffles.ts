/** Reshape, Transpose, Reshape: channel shuffle (Zhang et al. 2017, arXiv:1707.01083), pixel shuffle (Shi et al. 2016, arXiv:1609.05158) and its inverse. */
import { definePattern, unitOf } from '../unit.ts'
import { onlyReaderOf } from '../value-graph.ts'

export default definePattern({
  anchors: ['Reshape'],
  match: (first, values, taken) => {
    const transpose = onlyReaderOf(values, first.outputs[0] ?? '')
    const last = transpose?.opType === 'Transpose' ? onlyReaderOf(values, transpose.outputs[0] ?? '') : undefined
    const before = values.shapeOf(first.inputs[0] ?? '')
    const after = values.shapeOf(last?.outputs[0] ?? '')
    const inner = values.shapeOf(first.outputs[0] ?? '')
    if (!transpose || last?.opType !== 'Reshape' || before?.length !== 4 || after?.length !== 4 || (inner?.length ?? 0) <= 4) return undefined
    if ([first, transpose, last].some((node) => taken.has(node))) return undefined
    const nodes = [first, transpose, last]
    const [, channels, height] = before
    if (channels === after[1] && height === after[2]) return unitOf('ChannelShuffle', nodes, values)
    if (typeof channels !== 'number' || typeof after[1] !== 'number' || typeof height !== 'number' || typeof after[2] !== 'number') return undefined
    if (channels > after[1] && after[2] > height) return unitOf('PixelShuffle', nodes, values)
    return after[1] > channels && height > after[2] ? unitOf('SpaceToDepth', nodes, values) : undefined
  },
})
