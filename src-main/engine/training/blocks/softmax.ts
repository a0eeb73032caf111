import { z } from 'zod'
import { int } from '../../onnx/attributes.ts'
import { defineBlock } from '../define-block.ts'

export default defineBlock({ id: 'softmax', options: z.object({}), build: (builder, input, _options, { name }) => builder.node('Softmax', `${name}/Softmax`, [input.name], input.dims, { axis: int(1) }) })
