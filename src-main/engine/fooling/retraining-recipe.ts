/** The recipe of a training with a fooling class: one output more, and the fooling pictures beside the data's own. */
import { AppError } from '#contract/errors.ts'
import type { DataSource, Net, Recipe } from '#contract/training.ts'
import { loadDataset } from '../datasets/load-dataset.ts'
import { changedRecipe } from '../training/recipe.ts'
import { suggestCuts } from '../training/transfer/cuts.ts'

export const foolingLabel = 'fooling'

/** `folder`: of the fooling pictures, its name the class's. Throws 'option-invalid' for a net whose outputs cannot be counted up. */
export async function recipeWithFooling(recipe: Recipe, folder: string, name = recipe.name): Promise<Recipe> {
  // Fooling pictures are few beside the data's own.
  return changedRecipe(recipe, { name, net: addedFolder(recipe) === undefined ? await withOneMore(recipe.net) : recipe.net, data: withAddedClass(recipe.data, folder), sampler: 'balanced' })
}

/** Classes that the data hold. Throws 'data-invalid' for data that are no pictures of classes. */
export async function classesOfData({ data, seed }: Recipe, signal?: AbortSignal): Promise<number> {
  const { input, target, name } = await loadDataset(data, { signal, seed })
  if (input.kind !== 'pictures' || target.kind !== 'classes') throw new AppError('data-invalid', `${name} holds no pictures of classes: there is nothing that evolution could fool.`)
  return target.labels.length
}

/** Of what such a training learned to be fooled by already. */
export const addedFolder = ({ data }: Recipe): string | undefined => (typeof data.options['addedClass'] === 'string' ? data.options['addedClass'] : undefined)

const withAddedClass = (data: DataSource, folder: string): DataSource => ({ ...data, options: { ...data.options, addedClass: folder } })

/** '20C5 MP2 256F 10' to '20C5 MP2 256F 11'; an opened model is cut before its last layer for one of as many outputs as there are classes. */
async function withOneMore(net: Net): Promise<Net> {
  if (net.kind === 'model') {
    const { head: _, ...rest } = net
    return { ...rest, cut: net.cut ?? (await suggestCuts(net.path)).suggested }
  }
  const match = net.kind === 'notation' ? /^(.*\s)?(\d+)\s*$/.exec(net.text) : null
  if (net.kind !== 'notation' || !match) throw new AppError('option-invalid', 'A fooling class needs one output more: write the net as a notation that ends with its number of classes, such as \'20C5 MP2 50C5 MP2 256F 10\'.')
  return { ...net, text: `${match[1] ?? ''}${Number(match[2]) + 1}` }
}
