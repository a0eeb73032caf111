/** What a recipe with a model leaves open, found out: preprocessing, cut and head. Written into the recipe, so that the run can be made again. */
import { AppError } from '#contract/errors.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { outputsOf } from '../../datasets/dataset.ts'
import { openNetwork } from '../../network/open-network.ts'
import { guessRecord, initialRecord } from '../../preprocessing/resolve.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { pixelsOfExample } from '../evaluate-model.ts'
import { chooseCuts } from './cuts.ts'
import type { ModelNet } from './model-net.ts'

/** Pictures that preprocessing is guessed from. */
const evidence = 4

export async function settleNet(given: ModelNet, dataset: Dataset, { runtime, signal }: { readonly runtime: Runtime; readonly signal?: AbortSignal | undefined }): Promise<ModelNet> {
  const wantsCut = given.train === 'head' || given.head !== undefined || given.cut !== undefined
  if (given.preprocessing && (!wantsCut || (given.cut !== undefined && given.head !== undefined))) return given
  const network = await openNetwork(given.path, { runtime })
  try {
    const known = given.preprocessing ? undefined : await initialRecord(network, {})
    const record = known?.source === 'guessed' ? await guessRecord(network, picturesOf(dataset), signal ? { signal } : {}) : known
    const preprocessing = given.preprocessing ?? record?.preprocessing
    if (!preprocessing) throw new AppError('preprocessing-invalid', `How ${given.path} wants its pictures is not known.`)
    const settled: ModelNet = { ...given, preprocessing: { ...preprocessing, labels: [] } }
    if (!wantsCut) return settled
    const cut = given.cut ?? chooseCuts(network.compute, network.facts).suggested
    const shape = network.facts.get(cut)?.shape
    if (!shape) throw new AppError('tensor-missing', `The model has no value '${cut}' to be cut at; \`inspect\` lists its layers.`)
    return { ...settled, cut, head: given.head ?? `${shape.length > 2 ? 'GAP ' : ''}${outputsOf(dataset)}` }
  } finally {
    await network.dispose()
  }
}

const picturesOf = (dataset: Dataset) => Array.from({ length: Math.min(evidence, dataset.count) }, (_, place) => pixelsOfExample(dataset, Math.floor((place * dataset.count) / evidence)))
