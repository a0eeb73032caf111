import { suggestLayers } from '../synthesis/style/suggest-layers.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

export const styleHandlers = ({ models }: Services) => ({
  layers: os.style.layers.handler(({ input: { model } }) => {
    const { style, content } = suggestLayers(models.get(model).network)
    return { style: [...style], content: [...content] }
  }),
})
