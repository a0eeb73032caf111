/** The recipe that every result carries: enough to make the same picture again. */
import { readPngText, withPngText } from './png-text.ts'

const keyword = 'phosphene'

export interface Recipe {
  /** Version of the application that made it. */
  readonly version: string
  /** What was done: 'explain', ... */
  readonly kind: string
  readonly model: { readonly sha256: string; readonly name: string }
  readonly picture?: { readonly sha256: string; readonly name: string }
  readonly seed: number
  readonly device: string
  /** Everything else that decides the pixels, by kind. */
  readonly settings: Readonly<Record<string, unknown>>
  /** How pictures were put into the model. */
  readonly preprocessing?: unknown
  /** Settings in force from later steps on. */
  readonly changes?: readonly unknown[]
  /** Which of the results of that recipe this is. */
  readonly result?: string
}

export const embedRecipe = (png: Uint8Array, recipe: Recipe): Uint8Array<ArrayBuffer> => withPngText(png, keyword, JSON.stringify(recipe))

/** The recipe in a picture file of ours; undefined in any other file. */
export function readRecipe(bytes: Uint8Array): unknown {
  const text = readPngText(bytes, keyword)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
