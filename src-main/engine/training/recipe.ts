/** A recipe as a JSON document. */
import { AppError } from '#contract/errors.ts'
import { Recipe } from '#contract/training.ts'

/** @throws AppError 'option-invalid' naming the place: "At epochs: expected number, got string". */
export function parseRecipe(text: string, name: string): Recipe {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new AppError('option-invalid', `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  return checkRecipe(json, name)
}

export function checkRecipe(json: unknown, name: string): Recipe {
  const result = Recipe.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('option-invalid', `${name}: at ${issue && issue.path.length > 0 ? issue.path.join('.') : 'the top'}: ${issue?.message ?? 'not a recipe'}.`)
}

/** The recipe with values put at places such as 'optimizer.rate'. */
export function changedRecipe(recipe: Recipe, changes: Readonly<Record<string, unknown>>): Recipe {
  const copy = structuredClone(recipe) as unknown as Record<string, unknown>
  for (const [place, value] of Object.entries(changes)) {
    const path = place.split('.')
    const last = path.pop() ?? place
    let at = copy
    for (const key of path) at = (at[key] ??= {}) as Record<string, unknown>
    at[last] = value
  }
  return checkRecipe(copy, 'The changed recipe')
}
