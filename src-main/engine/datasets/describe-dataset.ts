/** What a data set holds, in the words of the contract. */
import type { DataSummary, Split } from '#contract/training.ts'
import { borderWarnings } from './borders.ts'
import type { Dataset } from './dataset.ts'
import { countDuplicates } from './duplicates.ts'
import { splitDataset } from './split.ts'
import type { Parts } from './split.ts'

/** Skipped files and rows that are told by name; all are counted. */
const skippedExamples = 20

export function describeDataset(dataset: Dataset, split: Split): DataSummary {
  return describeParts(dataset, splitDataset(dataset, split))
}

export function describeParts(dataset: Dataset, parts: Parts): DataSummary {
  const { name, format, input, target, columns, skipped, warnings } = dataset
  const counts = classCounts(dataset, parts.train)
  return {
    name, format, train: parts.train.length, validation: parts.validation.length,
    input: input.kind === 'pictures' ? { kind: 'pictures', channels: input.channels, height: input.height, width: input.width } : { kind: 'numbers', columns: [...input.columns] },
    target: target.kind === 'classes' ? { kind: 'classes', labels: [...target.labels], counts } : { kind: 'numbers', columns: [...target.columns] },
    ...(columns ? { columns: [...columns] } : {}),
    skipped: { count: skipped.length, examples: skipped.slice(0, skippedExamples).map((skip) => ({ ...skip })) },
    duplicates: countDuplicates(dataset, parts),
    warnings: [...warnings, ...emptyClasses(dataset, counts), ...borderWarnings(dataset, parts.train, parts.validation)],
  }
}

/** Examples by class; empty where answers are numbers. */
export function classCounts({ target }: Pick<Dataset, 'target'>, indices: Int32Array): number[] {
  if (target.kind === 'numbers') return []
  const counts = Array.from({ length: target.labels.length }, () => 0)
  for (const index of indices) counts[target.classOf[index]!]!++
  return counts
}

function emptyClasses({ target }: Dataset, counts: readonly number[]): string[] {
  if (target.kind === 'numbers') return []
  const empty = target.labels.filter((_, label) => counts[label] === 0)
  if (empty.length === 0) return []
  const named = empty.slice(0, 5).map((label) => `'${label}'`).join(', ') + (empty.length > 5 ? ` and ${empty.length - 5} more` : '')
  return [`No example to learn ${named} from: ${empty.length === 1 ? 'this class' : 'these classes'} will never be predicted. Add pictures or rows, or remove the label.`]
}
