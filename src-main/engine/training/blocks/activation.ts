import { z } from 'zod'
import { activations } from '../activation.ts'
import { defineBlock } from '../define-block.ts'

export default defineBlock({
  id: 'activation',
  options: z.object({ activation: z.enum(activations) }),
  build: (builder, input, { activation }, { name, notation }) => {
    const active = builder.activation(name, input, activation)
    builder.layer({ id: name, notation, title: activation, dims: active.dims, output: active.name, activation })
    return active
  },
})
