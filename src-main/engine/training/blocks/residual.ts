/**
 * y = activation(F(x) + x) (He et al. 2016, arXiv:1512.03385, eq. 1); where F changes the shape, a strided 1×1 convolution of x with
 * normalisation instead of x (eq. 2, option B).
 */
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { defineBlock, following, nestedBlocks } from '../define-block.ts'

export default defineBlock({
  id: 'residual',
  options: z.object({ blocks: nestedBlocks, activation: following.activation.default('relu') }),
  build(builder, input, { blocks, activation }, { name, notation, build }) {
    const inner = build(blocks, input)
    const same = inner.dims.length === input.dims.length && inner.dims.every((dim, axis) => dim === input.dims[axis])
    const skipped = same ? input : projected()
    const sum = builder.node('Add', `${name}/Add`, [inner.name, skipped.name], inner.dims)
    const active = builder.activation(name, sum, activation)
    builder.layer({ id: name, notation, title: 'Sum with what went in', dims: active.dims, output: active.name, activation })
    return active

    function projected() {
      const [channels = 0, height = 0] = inner.dims
      if (input.dims.length === 1 && inner.dims.length === 1) return build([{ block: 'dense', name: `${name}/skip`, units: channels }], input)
      const stride = Math.ceil((input.dims[1] ?? 0) / Math.max(1, height))
      const skip = build([{ block: 'convolution', name: `${name}/skip`, channels, kernel: 1, stride, padding: 0, batchNorm: true, activation: 'linear' }], input)
      if (skip.dims.some((dim, axis) => dim !== inner.dims[axis])) throw new AppError('option-invalid', `${name}: [${inner.dims.join(', ')}] cannot be added to what went in, [${input.dims.join(', ')}], at any stride. Use padding (p) within the braces.`)
      return skip
    }
  },
})
