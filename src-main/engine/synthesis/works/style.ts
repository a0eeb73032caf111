/** Style transfer as a work: by optimisation through any network, or by a network that was trained for one style. */
import { StyleSettings } from '#contract/style.ts'
import type { FeedForwardStyle, OptimiseStyle } from '#contract/style.ts'
import { defineWork } from '../define-work.ts'
import type { WorkContext } from '../define-work.ts'
import { estimateStyle } from '../style/estimate.ts'
import { feedForward } from '../style/feed-forward.ts'
import { transferStyle } from '../style/transfer.ts'

export default defineWork<StyleSettings>({
  kind: 'style',
  settings: StyleSettings,
  title: (settings) => (settings.method === 'optimise'
    ? `${settings.content.name} in the style of ${settings.styles.map(({ picture }) => picture.name).join(', ')}`
    : `Style of ${settings.contents.length === 1 ? (settings.contents[0]?.name ?? '') : `${settings.contents.length} pictures`}`),
  estimate: estimateStyle,
  async run(context, settings) {
    if (settings.method === 'feed-forward') return feedForward(context as unknown as WorkContext<FeedForwardStyle>, settings)
    const { picture, facts } = await transferStyle(context as unknown as WorkContext<OptimiseStyle>, settings)
    await context.item({ name: 'style', title: 'Styled picture', facts, content: { picture }, deep: true })
  },
})
