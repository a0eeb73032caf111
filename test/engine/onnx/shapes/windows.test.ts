/** Windows of random geometry against onnxruntime, refusals included. */
import { describe, expect, it } from 'vitest'
import { int, ints, string } from '#engine/onnx/attributes.ts'
import type { Attribute } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { nodeModel, runNode } from '../../../support/node-model.ts'
import type { NodeCase } from '../../../support/node-model.ts'

/** Park-Miller; the same cases on every machine. */
function generator(seed: number): (from: number, to: number) => number {
  let state = seed
  return (from, to) => {
    state = (state * 48271) % 2147483647
    return from + Math.floor((state / 2147483647) * (to - from + 1))
  }
}

function randomCase(op: string, seed: number): NodeCase {
  const draw = generator(1000 * (seed + 1) + op.length)
  for (let warmUp = 0; warmUp < 5; warmUp++) draw(0, 1)
  const spatial = draw(1, 2)
  const each = (from: number, to: number, length = spatial): number[] => Array.from({ length }, () => draw(from, to))
  const kernel = each(1, 4)
  const pooling = op.endsWith('Pool')
  const autoPad = (['NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const)[draw(0, 4)] ?? 'NOTSET'
  const dilated = op !== 'AveragePool' && autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER' && draw(0, 2) === 0
  const attributes: Record<string, Attribute> = {
    kernel_shape: ints(kernel),
    strides: ints(each(1, 4)),
    ...(dilated ? { dilations: ints(each(1, 3)) } : {}),
    // Pads must be smaller than a pool's kernel.
    ...(autoPad === 'NOTSET' ? { pads: ints(pooling ? [...kernel, ...kernel].map((size) => draw(0, size - 1)) : each(0, 2, 2 * spatial)) } : { auto_pad: string(autoPad) }),
    ...(pooling && draw(0, 1) === 1 ? { ceil_mode: int(1) } : {}),
  }
  const x = { dims: [1, 2, ...each(3, 14)] }
  const w = { dims: op === 'ConvTranspose' ? [2, 3, ...kernel] : [3, 2, ...kernel] }
  return { op, inputs: pooling ? [x] : [x, w], attributes, opset: 19 }
}

describe.each(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool'])('%s of random geometry', (op) => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('case %i has the extents that onnxruntime yields', async (seed) => {
    const nodeCase = randomCase(op, seed)
    let run: readonly number[] | 'refused'
    try {
      run = (await runNode(nodeCase))['y0']?.dims ?? []
    } catch (error) {
      // SAME with a stride beyond the kernel has an extent in ONNX; onnxruntime's pools do not run it.
      if (String(error).includes('padding values must be non-negative')) return
      run = 'refused'
    }
    const infer = (): unknown => inferShapes(nodeModel(nodeCase)).get('y0')?.shape
    if (run === 'refused') expect(infer).toThrow()
    else expect({ shape: infer(), geometry: nodeCase }).toEqual({ shape: [...run], geometry: nodeCase })
  })
})
