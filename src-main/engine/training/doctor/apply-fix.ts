/** A recipe with a fix's changes. */
import { AppError } from '#contract/errors.ts'
import { Recipe } from '#contract/training.ts'
import type { Fix } from '#contract/training.ts'

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Objects are changed field by field, anything else is replaced; so is an object of another kind (`net`, `data`), whose fields are others.
 * @throws AppError 'option-invalid' where the result is no recipe, naming the place
 */
export function applyFix(recipe: Recipe, fix: Pick<Fix, 'id' | 'changes'>): Recipe {
  const result = Recipe.safeParse(patched(recipe, fix.changes))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError('option-invalid', `The fix '${fix.id}' does not fit the recipe '${recipe.name}': at ${issue?.path.join('.') ?? 'the top'}: ${issue?.message ?? 'no recipe'}.`)
}

function patched(from: Fields, changes: Fields): Fields {
  const result: Record<string, unknown> = { ...from }
  for (const [key, change] of Object.entries(changes)) {
    const was = from[key]
    // Only `net` and `data` are told apart by their kind; a loss or an optimiser of another kind keeps what the kinds share.
    const replaces = (key === 'net' || key === 'data') && isFields(change) && isFields(was) && change['kind'] !== undefined && change['kind'] !== was['kind']
    result[key] = isFields(change) && isFields(was) && !replaces ? patched(was, change) : change
  }
  return result
}
