/** The last examples of a source are held out, as some published numbers were made. */
import { AppError } from '#contract/errors.ts'
import type { Dataset } from './dataset.ts'
import { trainPart, validationPart } from './dataset.ts'

export function holdOutLast(dataset: Dataset, last: number): Dataset {
  if (last >= dataset.count) throw new AppError('option-invalid', `Option 'holdOutLast' holds out ${last} examples, and ${dataset.name} has ${dataset.count}.`)
  return { ...dataset, parts: Uint8Array.from({ length: dataset.count }, (_, index) => (index < dataset.count - last ? trainPart : validationPart)) }
}
