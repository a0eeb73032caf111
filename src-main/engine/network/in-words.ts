import { AppError, isAppError } from '#contract/errors.ts'

/** Errors of `work` speak in these words instead of the names that values have in the graph. */
export function inWords<T>(words: readonly (readonly [name: string, word: string])[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isAppError(error)) throw error
    const message = words.reduce((said, [name, word]) => said.replaceAll(`'${name}'`, word), error.message)
    throw message === error.message ? error : new AppError(error.code, message, { cause: error, data: { ...error.data } })
  }
}
