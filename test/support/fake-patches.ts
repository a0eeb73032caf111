/** The patches part of the fake engine. */
import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import type { Contract } from '#contract/index.ts'
import type { SurveySummary } from '#contract/patches.ts'
import { drawScene } from './fake-pictures.ts'

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Implementer = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>

export function fakePatchRouter(os: Implementer) {
  const surveys: SurveySummary[] = []
  return os.patches.router({
    survey: os.patches.survey.handler(async function* ({ input: { model, data } }) {
      for (let done = 1; done <= 3; done++) {
        yield { type: 'progress' as const, fraction: done / 3, note: `${12 * done} of 36 pictures`, remainingMs: null }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const survey: SurveySummary = { survey: `survey-${surveys.length + 1}`, model, name: 'photos', data, done: 36, pictures: 36, at: Date.now(), classes: 'predicted', skipped: [] }
      surveys.unshift(survey)
      yield { type: 'done' as const, survey }
    }),
    surveys: os.patches.surveys.handler(({ input: { model } }) => surveys.filter((survey) => survey.model === model)),
    unit: os.patches.unit.handler(async ({ input: { layer, unit } }) => ({
      patches: await Promise.all(Array.from({ length: 9 }, async (_, rank) => ({
        rank, value: 9.4 - rank * 0.6, picture: `photo-${rank}.jpg`, label: ['owl', 'clock'][rank % 2], row: rank, column: 8 - rank, box: { left: 4 * rank, top: 8, width: 64, height: 64 },
        png: await drawScene(`${layer}-${unit}-${rank}`, 64, 64),
      }))),
      histogram: { min: 0, max: 10, counts: [4, 9, 8, 6, 4, 2, 1, 1, 0, 1] }, mean: 0.42, active: 0.61,
      classes: [{ index: 0, label: 'owl', mean: 7.1, pictures: 4 }, { index: 1, label: 'clock', mean: 5.5, pictures: 3 }, { index: 2, label: 'sailboat', mean: 2.2, pictures: 6 }],
    })),
    projection: os.patches.projection.handler(async ({ input: { unit, rank, method } }) => ({ png: await drawScene(`${method}-${unit}-${rank}`, 64, 64) })),
    remove: os.patches.remove.handler(({ input: { survey } }) => { surveys.splice(0, surveys.length, ...surveys.filter((each) => each.survey !== survey)) }),
  })
}
