/** Fooling as a work: pictures of classes, changed photographs, archives of evolution, curves. */
import { FoolSettings } from '#contract/fool.ts'
import { estimateFooling } from '../../fooling/estimate.ts'
import { curveOf } from '../../fooling/fool-curve.ts'
import { evolve } from '../../fooling/fool-evolution.ts'
import { foolAndRetrain } from '../../fooling/fool-loop.ts'
import { foolPictures, makeClasses } from '../../fooling/fool-pictures.ts'
import { FoolRun } from '../../fooling/fool-run.ts'
import { foolSet } from '../../fooling/fool-set.ts'
import { findMethod } from '../../fooling/registry.ts'
import { AppError } from '#contract/errors.ts'
import { defineWork } from '../define-work.ts'

export default defineWork<FoolSettings>({
  kind: 'fool',
  settings: FoolSettings,
  title: ({ method: id, pictures, budgets, targets }) => {
    const { title } = findMethod(id)
    const [first] = pictures
    const what = first ? (pictures.length === 1 ? first.name : `${pictures.length} photographs`) : targets === undefined || targets === 'all' ? 'all classes' : (targets.length === 1 ? `class ${targets[0] ?? 0}` : `${targets.length} classes`)
    return `${title}: ${what}${budgets.length > 0 ? ', by budget' : ''}`
  },
  estimate: ({ network, display, signal }, settings) => estimateFooling(network, display, settings, signal),
  async run(context, settings) {
    const method = findMethod(settings.method)
    const run = new FoolRun(context, settings, method)
    try {
      if (settings.budgets.length > 0) {
        if (method.kind !== 'picture') throw new AppError('option-invalid', `A curve by budget is made of changed photographs: ${method.title} changes none by itself.`)
        return await curveOf(run, method)
      }
      if (settings.smallest && method.kind !== 'picture') throw new AppError('option-invalid', `${method.title} has no smallest budget to look for: it does not change single photographs.`)
      switch (method.kind) {
        case 'picture': await foolPictures(run, method); break
        case 'class': await makeClasses(run, method); break
        case 'set': await foolSet(run, method); break
        case 'evolution': return await evolve(run, method)
        case 'loop': return await foolAndRetrain(run)
      }
      await run.ended()
    } finally {
      await run.dispose()
    }
  },
})

