/** What no training could begin with. */
import { AppError } from '#contract/errors.ts'
import type { Dataset } from './dataset.ts'

/** Returns the data set; throws AppError 'data-invalid'. */
export function checkDataset(dataset: Dataset): Dataset {
  const { name, count, target, skipped } = dataset
  const left = skipped.length === 0 ? '' : ` ${skipped.length} were skipped; the first is ${skipped[0]!.where}: ${skipped[0]!.reason}`
  if (count === 0) throw new AppError('data-invalid', `${name} holds no example that can be used.${left}`)
  if (count < 2) throw new AppError('data-invalid', `${name} holds one example only; at least two are needed, one to learn from and one to test on.${left}`)
  if (target.kind === 'classes') {
    const present = new Set(target.classOf)
    if (present.size === 1) {
      const [label = 0] = present
      throw new AppError('data-invalid', `${name} holds one class only, '${target.labels[label]}' (${count} examples): there is nothing to tell apart. Add a second class.${left}`)
    }
  }
  return dataset
}
