/** How an opened model can be trained again. */
import { dirname, resolve } from 'node:path'
import { transferDefaults } from '#contract/transfer-defaults.ts'
import { Recipe } from '#contract/training.ts'
import { dataText } from '../training/run-words.ts'
import { RunFolder } from '../training/run-folder.ts'
import { suggestCuts } from '../training/transfer/cuts.ts'
import type { TrainingRuns } from './training-runs.ts'

export interface Retraining { readonly recipe: Recipe; /** Name of the training that made it. */ readonly run?: string; /** Its data, in words. */ readonly data?: string }

/** The recipe beside it where it was trained here; else on from its weights, with a new last layer. Its data are then still to be chosen. */
export async function retrainingOf(training: Pick<TrainingRuns, 'list'>, path: string, name: string): Promise<Retraining> {
  const folder = new RunFolder(dirname(resolve(path)))
  const recipe = await folder.readRecipe().catch(() => undefined)
  if (recipe && folder.file('model.onnx') === resolve(path)) {
    const listed = (await training.list()).find((run) => resolve(run.folder) === folder.path)
    return { recipe, run: listed?.name ?? recipe.name, data: listed?.data ?? dataText(recipe) }
  }
  const { suggested } = await suggestCuts(path)
  return {
    recipe: Recipe.parse({
      version: 1, name, seed: 1, data: { kind: 'generator', name: 'digits' }, loss: { kind: 'cross-entropy' }, ...transferDefaults('all'),
      net: { kind: 'model', path, cut: suggested, train: 'all', bodyRate: 0.3 },
    }),
  }
}
