import type { SurveySummary } from '#contract/patches.ts'
import type { Progress } from '#contract/wire.ts'
import { eventsOf } from '../lib/event-queue.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

type Event = Progress | { readonly type: 'done'; readonly survey: SurveySummary }

export const patchHandlers = ({ patches, jobs }: Services) => ({
  survey: os.patches.survey.handler(({ input: { model, data }, signal }) => eventsOf<Event>(async (push) => {
    const survey = await jobs.run('Collecting patches', signal, (controls) => patches.survey(model, data, { signal: controls.signal, onProgress: (fraction, note) => push(controls.progress(fraction, note)) }))
    push({ type: 'done', survey })
  })),
  surveys: os.patches.surveys.handler(({ input: { model } }) => patches.list(model)),
  unit: os.patches.unit.handler(({ input: { survey, layer, unit } }) => patches.unit(survey, layer, unit)),
  projection: os.patches.projection.handler(async ({ input: { survey, layer, unit, rank, method }, signal }) => ({ png: await patches.projection(survey, layer, unit, rank, method, signal) })),
  remove: os.patches.remove.handler(({ input: { survey } }) => patches.remove(survey)),
})
