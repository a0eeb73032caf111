/** A recipe as a JSON document. */
import { describeIssues } from '#contract/describe-issues.ts'
import { AppError } from '#contract/errors.ts'
import { Recipe } from '#contract/training.ts'

/** @throws AppError 'option-invalid' naming the place: "epochs: expected number; got 'many'". */
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
  throw new AppError('option-invalid', `${name}: ${describeIssues(result.error, json)}.`)
}

/** The recipe with some of it changed: groups of settings one by one ({ optimizer: { rate } }), what has kinds as a whole. */
export function changedRecipe(recipe: Recipe, changes: Readonly<Record<string, unknown>>): Recipe {
  const merged: Record<string, unknown> = { ...recipe }
  for (const [key, value] of Object.entries(changes)) {
    const now = merged[key]
    merged[key] = grouped.has(key) && typeof value === 'object' && typeof now === 'object' ? { ...now, ...value } : value
  }
  return checkRecipe(merged, 'The changed recipe')
}

const grouped: ReadonlySet<string> = new Set(['optimizer', 'loss', 'augment', 'split'])
