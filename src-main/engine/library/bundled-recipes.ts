/** Recipes that come with the application, each a file of resources/recipes, in the order that they state. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { Recipe } from '#contract/training.ts'
import { checkRecipe } from '../training/recipe.ts'

export interface BundledRecipe { readonly id: string; readonly title: string; readonly summary: string; readonly recipe: Recipe }

/** A recipe's file may say how it is listed; its name and description otherwise. */
const Listed = z.object({ title: z.string().optional(), summary: z.string().optional(), order: z.number().optional() })

export async function bundledRecipes(resourcesFolder: string): Promise<BundledRecipe[]> {
  const folder = join(resourcesFolder, 'recipes')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const read = await Promise.all(names.map(async (name) => {
    const json: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'))
    const listed = Listed.parse(json)
    const recipe = placed(checkRecipe(json, name), resourcesFolder)
    return { id: basename(name, '.json'), title: listed.title ?? recipe.name, summary: listed.summary ?? recipe.description, recipe, order: listed.order ?? Infinity }
  }))
  return read.sort((a, b) => a.order - b.order).map(({ order: _, ...recipe }) => recipe)
}

/** A bundled model is named by its place among the resources. */
function placed(recipe: Recipe, resourcesFolder: string): Recipe {
  const { net } = recipe
  return net.kind === 'model' && !isAbsolute(net.path) ? { ...recipe, net: { ...net, path: join(resourcesFolder, net.path) } } : recipe
}
