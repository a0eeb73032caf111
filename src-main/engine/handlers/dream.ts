import type { Layer } from '#contract/graph.ts'
import { encodeThumbnail } from '../images/encode.ts'
import { blobOf } from '../lib/blob.ts'
import { dreamLayers, suggestedLayer, usualDream } from '../synthesis/dream/suggest-layer.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

/** Large enough to fill a workspace. */
const shownSide = 1280

export const dreamHandlers = ({ models, pictures }: Services) => ({
  layers: os.dream.layers.handler(({ input: { model } }) => {
    const { network, record } = models.get(model)
    return { suggested: suggestedLayer(network).id, layers: dreamLayers(network).map(describe), usual: usualDream(record ?? { preprocessing: { height: shownSide, width: shownSide } }) }
  }),
  picture: os.dream.picture.handler(async ({ input: { picture } }) => ({ png: blobOf(await encodeThumbnail(await pictures.pixels(picture), shownSide), 'image/png') })),
})

const describe = ({ id, title, view }: Layer) =>
  view.type === 'maps' ? { id, title, channels: view.channels, height: view.height, width: view.width } : { id, title, channels: view.type === 'tokens' ? view.units : 0, height: view.type === 'tokens' ? view.tokens : 0, width: 1 }
