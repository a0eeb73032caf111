/** Pictures made here, brought back: the model and picture they were made from are opened, and the workspace set as it was. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { ExplainRecipe } from '#contract/recipes.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useRoute } from './route.ts'
import { useSession } from './session.ts'
import { useToasts } from './toasts.ts'

export const useRecipes = defineStore('recipes', () => {
  const { client } = useEngine()
  const route = useRoute()
  const session = useSession()
  const toasts = useToasts()
  /** Waits for its workspace, which takes it. */
  const waiting = shallowRef<ExplainRecipe | null>(null)

  /** The recipe of a kind that a workspace can follow, or null. */
  function read(recipe: unknown): ExplainRecipe | null {
    const parsed = ExplainRecipe.safeParse(recipe)
    return parsed.success ? parsed.data : null
  }

  async function follow(recipe: ExplainRecipe): Promise<void> {
    const missing = [await hasModel(recipe) ? null : `the model ‘${recipe.model.name}’`, await hasPicture(recipe) ? null : `the picture ‘${recipe.picture.name}’`].filter((name) => name !== null)
    if (missing.length > 0) toasts.push('warning', `This was made with ${missing.join(' and ')}. Open ${missing.length === 1 ? 'it' : 'them'} to make it again; its settings are in use already.`)
    waiting.value = recipe
    route.go('explain')
  }

  /** Whether the model is open, or could be: recent ones are tried where their names agree. */
  async function hasModel({ model }: ExplainRecipe): Promise<boolean> {
    if (session.model?.model === model.sha256) return true
    const before = session.model?.source
    const alike = (await client.models.recent()).find((recent) => recent.title === model.name && !recent.missing)
    if (alike === undefined || !(await session.openModel(alike.source, alike.title))) return false
    if (session.model?.model === model.sha256) return true
    if (before !== undefined) await session.openModel(before)
    return false
  }

  /** Whether the picture is open, or is one of the samples. */
  async function hasPicture({ picture }: ExplainRecipe): Promise<boolean> {
    if (session.picture?.picture === picture.sha256) return true
    for (const { id, title } of await client.pictures.samples()) {
      const sample = await client.pictures.open({ source: { kind: 'sample', id } })
      if (sample.picture === picture.sha256) return await session.openPicture(sample.source, title)
    }
    return false
  }

  /** Hands over the recipe that waits, once. */
  function take(): ExplainRecipe | null {
    const recipe = waiting.value
    waiting.value = null
    return recipe
  }

  return { waiting, read, follow, take }
})
