/** Pictures made here, brought back: the model and picture they were made from are opened, and the workspace set as it was. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { ExplainRecipe } from '#contract/recipes.ts'
import { SynthesisRecipe } from '#contract/synthesis.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useRoute } from './route.ts'
import { useSession } from './session.ts'
import { useToasts } from './toasts.ts'

/** Whatever a workspace can follow; its kind is the workspace's id. */
export type FollowedRecipe = ExplainRecipe | SynthesisRecipe

export const useRecipes = defineStore('recipes', () => {
  const { client } = useEngine()
  const route = useRoute()
  const session = useSession()
  const toasts = useToasts()
  /** Waits for its workspace, which takes it. */
  const waiting = shallowRef<FollowedRecipe | null>(null)

  /** The recipe of a kind that a workspace can follow, or null. */
  function read(recipe: unknown): FollowedRecipe | null {
    return ExplainRecipe.safeParse(recipe).data ?? SynthesisRecipe.safeParse(recipe).data ?? null
  }

  async function follow(recipe: FollowedRecipe): Promise<void> {
    const pictureOf = pictureUsed(recipe)
    const missing = [await hasModel(recipe) ? null : `the model ‘${recipe.model.name}’`, pictureOf === null || await hasPicture(pictureOf) ? null : `the picture ‘${pictureOf.name}’`].filter((name) => name !== null)
    if (missing.length > 0) toasts.push('warning', `This was made with ${missing.join(' and ')}. Open ${missing.length === 1 ? 'it' : 'them'} to make it again; its settings are in use already.`)
    waiting.value = recipe
    route.go(recipe.kind)
  }

  function pictureUsed(recipe: FollowedRecipe): ExplainRecipe['picture'] | null {
    if (recipe.kind === 'explain') return recipe.picture
    if (recipe.kind === 'dream') return recipe.settings.picture
    return recipe.kind === 'features' ? (recipe.settings.targets[0]?.terms.find(({ picture }) => picture !== undefined)?.picture ?? null) : null
  }

  /** Whether the model is open, or could be: recent ones are tried where their names agree. */
  async function hasModel({ model }: FollowedRecipe): Promise<boolean> {
    if (session.model?.model === model.sha256) return true
    const before = session.model?.source
    const alike = (await client.models.recent()).find((recent) => recent.title === model.name && !recent.missing)
    if (alike === undefined || !(await session.openModel(alike.source, alike.title))) return false
    if (session.model?.model === model.sha256) return true
    if (before !== undefined) await session.openModel(before)
    return false
  }

  /** Whether the picture is open, or is one of the samples. */
  async function hasPicture(picture: ExplainRecipe['picture']): Promise<boolean> {
    if (session.picture?.picture === picture.sha256) return true
    for (const { id, title } of await client.pictures.samples()) {
      const sample = await client.pictures.open({ source: { kind: 'sample', id } })
      if (sample.picture === picture.sha256) return await session.openPicture(sample.source, title)
    }
    return false
  }

  /** Hands over the recipe of that kind that waits, once. */
  function take<Kind extends FollowedRecipe['kind']>(kind: Kind): Extract<FollowedRecipe, { kind: Kind }> | null {
    const recipe = waiting.value
    if (recipe?.kind !== kind) return null
    waiting.value = null
    return recipe as Extract<FollowedRecipe, { kind: Kind }>
  }

  return { waiting, read, follow, take }
})
