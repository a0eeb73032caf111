/** The kinds of synthesis, by kind. */
import { describeIssues } from '#contract/describe-issues.ts'
import { AppError, invariant } from '#contract/errors.ts'
import type { Work } from './define-work.ts'

const all = Object.values(import.meta.glob<Work>('./works/*.ts', { eager: true, import: 'default' }))
const works = new Map<string, Work>(all.map((work) => [work.kind, work]))
invariant(works.size === all.length, 'two works of one kind')

/** Throws 'option-invalid' naming those that there are. */
export function findWork(kind: string): Work {
  const work = works.get(kind)
  if (!work) throw new AppError('option-invalid', `There is no kind of synthesis '${kind}'. There are: ${[...works.keys()].sort().join(', ')}.`)
  return work
}

/** Throws 'option-invalid', saying which setting is wrong and why. */
export function checkSettings(work: Work, settings: unknown): unknown {
  const parsed = work.settings.safeParse(settings)
  if (parsed.success) return parsed.data
  throw new AppError('option-invalid', `The settings of '${work.kind}' are not right: ${describeIssues(parsed.error, settings)}.`)
}
