import { AppError } from '#contract/errors.ts'
import type { FoolMethodInfo } from '#contract/fool.ts'
import { archiveItem } from '../fooling/fool-evolution.ts'
import { lineageOf } from '../fooling/lineage.ts'
import { Probe } from '../fooling/probe.ts'
import { retrainingOf } from '../library/retraining.ts'
import { photographsIn } from '../library/photographs.ts'
import { findMethod, foolingMethods } from '../fooling/registry.ts'
import { optionValues } from '../attribution/options.ts'
import { decodeSafetensors } from '../lib/safetensors.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

export const foolHandlers = ({ synthesis, models, runtime, known, sources, training }: Services) => ({
  photographs: os.fool.photographs.handler(({ input: { path } }) => photographsIn(path, known)),
  methods: os.fool.methods.handler(() => [...foolingMethods.values()].map((method): FoolMethodInfo => {
    const { id, title, summary, citation, kind, options } = method
    const norm = typeof method.norm === 'function' ? method.norm(optionValues(method, {}, () => '', (layer) => layer)) : method.norm
    return { id, title, summary, citation, kind, options: [...options], ...('budget' in method ? { budget: method.budget } : {}), ...(norm === undefined ? {} : { norm }) }
  })),
  retraining: os.fool.retraining.handler(async ({ input: { model } }) => {
    const { source, network } = models.get(model)
    return retrainingOf(training, (await sources.locate(source)).path, network.summary.name)
  }),
  lineage: os.fool.lineage.handler(async ({ input: { run: id, class: index }, signal }) => {
    const { run, folder } = await synthesis.run(id)
    const method = findMethod(run.recipe.kind === 'fool' ? run.recipe.settings.method : '')
    if (method.kind !== 'evolution') throw new AppError('option-invalid', `${method.title} breeds nothing: only archives of evolution have lines of descent.`)
    const finished = run.items.find(({ name }) => name === archiveItem)
    const tensors = finished ? decodeSafetensors(await folder.readItem(finished), archiveItem).tensors : (await synthesis.state(id))?.tensors
    if (!tensors) throw new AppError('not-found', 'Nothing was bred yet: the first generation is on its way.')
    const model = models.get(run.recipe.model.sha256)
    const release = models.hold(model.id)
    const probe = new Probe(model.network, { preprocessing: { ...(run.recipe.preprocessing ?? model.record?.preprocessing ?? missing()), labels: model.record?.preprocessing.labels ?? [] } }, runtime, signal)
    try {
      return { generation: run.progress?.step ?? 0, ancestors: await lineageOf(probe, tensors, method.encoding, index) }
    } finally {
      await probe.dispose()
      await release()
    }
  }),
})

const missing = (): never => { throw new AppError('preprocessing-invalid', 'How pictures are put into this model is not known: open it once more.') }
