/** The preprocessing record inside a model that Phosphene wrote: one metadata entry. */
import { Preprocessing } from '#contract/preprocessing.ts'

const key = 'phosphene.preprocessing'

export const preprocessingMetadata = (preprocessing: Preprocessing): Map<string, string> => new Map([[key, JSON.stringify(preprocessing)]])

/** Undefined where the entry is absent or not of this form. */
export function readPreprocessingMetadata(metadata: ReadonlyMap<string, string>): Preprocessing | undefined {
  const text = metadata.get(key)
  if (text === undefined) return undefined
  try {
    return Preprocessing.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
