/** Max and average pooling, over windows and over whole maps, which differ by their operator alone. */
import { AppError } from '#contract/errors.ts'
import { int, ints } from '../onnx/attributes.ts'
import { checkExtent } from './builder.ts'
import type { BuiltLayer, Flow, NetworkBuilder } from './builder.ts'

export interface Pooling { readonly size: number; readonly stride: number; readonly padding: number }

export function pool(builder: NetworkBuilder, op: 'MaxPool' | 'AveragePool', input: Flow, { size, stride, padding }: Pooling, name: string): Flow {
  const [channels = 0, height = 0, width = 0] = input.dims
  if (input.dims.length !== 3) throw new AppError('option-invalid', `${name} pools maps [channels, height, width]; it is given [${input.dims.join(', ')}].`)
  if (2 * padding > size) throw new AppError('option-invalid', `${name}: padding of ${padding} is more than half the window of ${size}.`)
  const extent = (length: number): number => Math.floor((length + 2 * padding - size) / stride) + 1
  const dims = [channels, extent(height), extent(width)]
  checkExtent(dims, name, input, `pooling of ${size}×${size}`)
  return builder.node(op, `${name}/${op}`, [input.name], dims, {
    kernel_shape: ints([size, size]), strides: ints([stride, stride]), ...(padding === 0 ? {} : { pads: ints([padding, padding, padding, padding]) }),
    // Padding counts as zeros, as in PyTorch.
    ...(op === 'AveragePool' && padding > 0 ? { count_include_pad: int(1) } : {}),
  })
}

/** Maps to one number each, on record as a layer. */
export function poolGlobally(builder: NetworkBuilder, op: 'GlobalMaxPool' | 'GlobalAveragePool', input: Flow, layer: Pick<BuiltLayer, 'id' | 'notation' | 'title'>): Flow {
  const [channels = 0] = input.dims
  const flat = builder.flatten(`${layer.id}/Flatten`, builder.node(op, `${layer.id}/${op}`, [input.name], [channels, 1, 1]))
  builder.layer({ ...layer, dims: flat.dims, output: flat.name, activation: 'linear' })
  return flat
}
