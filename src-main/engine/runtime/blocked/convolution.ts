/** Which convolutions are computed in blocks, and their kernels in the order that onnxruntime's blocked convolution reads (`OIHWBiBo`, `OIHWBo` in mlas.h). */
import { intOf } from '../../onnx/attributes.ts'
import { isStandard } from '../../onnx/model.ts'
import type { Graph, Node } from '../../onnx/model.ts'
import type { Layouts } from './layouts.ts'

/** Larger kernels are maps, of which a gradient is made (sliding-weight-gradient.ts): those are faster as one product. */
const mostTaps = 49

const isConvolution = (node: Node): boolean => node.opType === 'Conv' && isStandard(node)

/** Whether a graph may have something to gain, told without its shapes. */
export const hasChangingKernels = ({ nodes, initializers }: Graph): boolean => nodes.some((node) => isConvolution(node) && !initializers.has(node.inputs[1] ?? ''))

/** A convolution across channels with a kernel that is no constant. */
export function isLearned(layouts: Layouts, node: Node): boolean {
  const [x = '', w = ''] = node.inputs
  if (!isConvolution(node) || intOf(node, 'group', 1) !== 1 || layouts.initializers.has(w)) return false
  const [filters = 1, channels = 1, rows = 1, columns = 1] = layouts.dimsOf(w)
  const { block } = layouts
  return layouts.dimsOf(x).length === 4 && filters % block === 0 && (channels % block === 0 || channels < block) && rows * columns <= mostTaps
}

export function blockConvolution(layouts: Layouts, node: Node): boolean {
  const [x = '', w = '', bias] = node.inputs
  const [y = ''] = node.outputs
  if (isLearned(layouts, node)) {
    const gathers = (layouts.dimsOf(w)[1] ?? 1) % layouts.block !== 0
    const kernel = acrossChannels(layouts, layouts.plain(w), gathers)
    layouts.make('Conv', [gathers ? layouts.plain(x) : layouts.blocked(x), kernel, ...(bias ? [layouts.plain(bias)] : [])], y, Object.fromEntries(node.attributes))
    return true
  }
  if (!isDepthwise(layouts, node) || !layouts.isBlocked(x)) return false
  layouts.make('Conv', [layouts.blocked(x), perChannel(layouts, w), ...(bias ? [layouts.plain(bias)] : [])], y, Object.fromEntries(node.attributes))
  return true
}

/** One filter a channel. */
function isDepthwise(layouts: Layouts, node: Node): boolean {
  const [x = '', w = ''] = node.inputs
  const [filters = 1, each = 1] = layouts.dimsOf(w)
  return isConvolution(node) && layouts.fits(x) && each === 1 && filters === layouts.dimsOf(x)[1] && filters === intOf(node, 'group', 1)
}

/** [M, C, h, w] in the order [M / b, C / b, h, w, b of C, b of M]; with fewer channels than a block, which are read plain, [M / b, C, h, w, b of M]. */
function acrossChannels(layouts: Layouts, w: string, gathers: boolean): string {
  const { block } = layouts
  const dims = layouts.dimsOf(w)
  const [filters = 1, channels = 1, ...taps] = dims
  const apart = layouts.reshape(w, gathers ? [filters / block, block, channels, ...taps] : [filters / block, block, channels / block, block, ...taps], `${w}/apart`)
  const moved = layouts.transpose(apart, gathers ? [0, 2, 3, 4, 1] : [0, 2, 4, 5, 3, 1], `${w}/moved`)
  return layouts.reshape(moved, dims, `${w}/blocked_kernel`)
}

/** [C, 1, h, w] in the order [C / b, h, w, b]: a map that lies in blocks is in that order already. */
function perChannel(layouts: Layouts, w: string): string {
  const { block } = layouts
  const dims = layouts.dimsOf(w)
  const [filters = 1, , ...taps] = dims
  if (taps.every((count) => count === 1)) return layouts.plain(w)
  const source = layouts.sourceOf(w)
  if (source !== undefined) return layouts.reshape(layouts.blocked(source), dims, `${w}/blocked_kernel`)
  const moved = layouts.transpose(layouts.reshape(layouts.plain(w), [filters / block, block, ...taps], `${w}/apart`), [0, 2, 3, 1], `${w}/moved`)
  return layouts.reshape(moved, dims, `${w}/blocked_kernel`)
}
