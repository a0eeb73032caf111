/** Style transfer as a work: by optimisation through any network, or by a network that was trained for one style. */
import { StyleSettings } from '#contract/style.ts'
import type { FeedForwardStyle, OptimiseStyle } from '#contract/style.ts'
import { AppError } from '#contract/errors.ts'
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
    if (settings.method === 'feed-forward') return feedForward(within(context, isFeedForward), settings)
    const { picture, facts } = await transferStyle(within(context, isOptimise), settings)
    await context.item({ name: 'style', title: 'Styled picture', facts, content: { picture }, deep: true })
  },
})

const isFeedForward = (settings: StyleSettings): settings is FeedForwardStyle => settings.method === 'feed-forward'
const isOptimise = (settings: StyleSettings): settings is OptimiseStyle => settings.method === 'optimise'

/** Settings may change from step to step; the method that is under way may not. */
function within<S extends StyleSettings>(context: WorkContext<StyleSettings>, isOfMethod: (settings: StyleSettings) => settings is S): WorkContext<S> {
  const step: WorkContext<S>['step'] = async (report) => {
    const next = await context.step(report)
    if (isOfMethod(next)) return next
    throw new AppError('option-invalid', `The run cannot go on with the method '${next.method}': begin another run with it.`)
  }
  return { ...context, step }
}
