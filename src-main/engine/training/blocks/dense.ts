import { z } from 'zod'
import { count, defineBlock, follow, following } from '../define-block.ts'

export default defineBlock({
  id: 'dense',
  options: z.object({ units: count, ...following, activation: following.activation.default('linear') }),
  build(builder, input, { units, ...after }, { name, notation }) {
    const linear = builder.dense(name, input, units, { bias: !after.batchNorm, activation: after.activation })
    return follow(builder, linear, after, { id: name, notation, title: `${units} ${units === 1 ? 'unit' : 'units'}`, kernel: `${name}.weight` })
  },
})
