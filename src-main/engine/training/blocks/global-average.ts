import { z } from 'zod'
import { int } from '../../onnx/attributes.ts'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'global-average',
  options: z.object({}),
  build(builder, input, _options, name) {
    const [channels = 0] = input.dims
    const pooled = builder.node('GlobalAveragePool', `${name}/GlobalAveragePool`, [input.name], [channels, 1, 1])
    return builder.node('Flatten', `${name}/Flatten`, [pooled.name], [channels], { axis: int(1) })
  },
})
