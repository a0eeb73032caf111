/** What runs of a synthesis ask for, by content: open models and pictures, and such as were seen before. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import { decodePicture } from '../images/decode.ts'
import type { DecodedPicture } from '../images/decode.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { WorkResources } from '../synthesis/work-run.ts'
import type { KnownFiles } from './known-files.ts'
import type { OpenModels } from './open-models.ts'
import type { Samples } from './samples.ts'
import type { Sources } from './sources.ts'
import { beginTraining } from './begin-training.ts'
import type { TrainingRuns } from './training-runs.ts'

export interface WorkResourcesOptions {
  readonly runtime: Runtime
  readonly models: OpenModels
  readonly sources: Sources
  readonly samples: Samples
  readonly known: KnownFiles
  readonly training: TrainingRuns
}

export function createWorkResources({ runtime, models, sources, samples, known, training }: WorkResourcesOptions): WorkResources {
  async function openModel(reference: FileReference): Promise<string> {
    try {
      return models.get(reference.sha256).id
    } catch {
      const source = known.find(reference.sha256)
      if (!source) throw missing('model', reference)
      const { id } = await models.open(source)
      if (id !== reference.sha256) throw new AppError('file-missing', `The model ‘${reference.name}’ has changed since: its file now holds another one. Open the one that was used.`)
      return id
    }
  }

  /** Models whose preprocessing is still to be guessed are shown a picture of ours. */
  async function somePicture(): Promise<DecodedPicture> {
    const [sample] = await samples.pictures()
    if (!sample) throw new AppError('preprocessing-invalid', 'How pictures are put into this model is not known yet: open a picture first.')
    return decodePicture(await readFile(sample.path), sample.title)
  }

  return {
    runtime,
    train: (prepare, controls) => beginTraining(training, prepare, controls),
    async model(reference) {
      const id = await openModel(reference)
      const release = models.hold(id)
      try {
        const { network, record } = models.get(id)
        const settled = record?.source === 'guessed' && record.candidates.length === 0 ? await models.recordFor(id, await somePicture()) : record
        if (!settled) throw new AppError('preprocessing-invalid', `${network.summary.name} takes no picture. Its inputs are ${network.inputs.map(({ name, dims }) => `'${name}' [${dims.join(', ')}]`).join(', ')}.`)
        return { network, preprocessing: settled.preprocessing, release }
      } catch (error) {
        await release()
        throw error
      }
    },
    async file(reference) {
      const source = known.find(reference.sha256)
      if (!source) throw missing('picture', reference)
      const { path } = await sources.locate(source)
      const bytes = await readFile(path)
      if (createHash('sha256').update(bytes).digest('hex') !== reference.sha256) throw new AppError('file-missing', `The picture ‘${reference.name}’ has changed since: ${path} now holds another one. Open the one that was used.`)
      return bytes
    },
  }
}

const missing = (noun: string, { name }: FileReference): AppError => new AppError('file-missing', `The ${noun} ‘${name}’ is not known here. Open it, then try again.`)
