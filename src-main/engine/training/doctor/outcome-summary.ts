/** What a fix brought and what it cost, in a sentence or two. */
import type { DataSummary, Finding, Metrics } from '#contract/training.ts'
import { digits, percent } from './measures.ts'

/** A difference below this is not told from chance. */
const noticeable = 0.01

/** "Recall of '7' 0 % to 84 %; accuracy 91 % to 90 %; the other classes −0.4 points on average; loss 0.31 to 0.29. It helped." */
export function outcomeSummary({ classIndex }: Pick<Finding, 'classIndex'>, before: Metrics | undefined, after: Metrics, target: DataSummary['target'] | undefined): string {
  const change = (name: string, text: (metrics: Metrics) => string): string => (before ? `${name} ${text(before)} to ${text(after)}` : `${name} ${text(after)}`)
  const classes = target?.kind === 'classes' && after.recall.length > 0 ? target : undefined
  const about = classes ? classIndex : undefined
  const parts = classes
    ? [
        ...(about === undefined ? [] : [change(`recall of '${classes.labels[about] ?? about}'`, ({ recall }) => percent(recall[about] ?? 0))]),
        change('accuracy', ({ score }) => percent(score)),
        ...(about === undefined || !before ? [] : [`the other classes ${points(othersRecall(after, about) - othersRecall(before, about))} on average`]),
      ]
    : [change('R²', ({ score }) => digits(score))]
  const sentence = [...parts, change('loss', ({ loss }) => digits(loss))].join('; ')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${before ? ` ${verdict(about, before, after)}` : ''}`
}

function othersRecall({ recall, confusion }: Metrics, about: number): number {
  const seen = recall.filter((_, index) => index !== about && (confusion[index]?.some((count) => count > 0) ?? true))
  return seen.reduce((sum, value) => sum + value, 0) / Math.max(1, seen.length)
}

const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} points`

/** No better than always giving the most frequent answer, within two standard errors of its share. */
function isGuess({ score, confusion }: Metrics): boolean {
  const rows = confusion.map((row) => row.reduce((sum, count) => sum + count, 0))
  const total = rows.reduce((sum, count) => sum + count, 0)
  const share = Math.max(0, ...rows) / Math.max(1, total)
  return total > 0 && !(score > share + Math.min((1 - share) / 2, 2 * Math.sqrt((share * (1 - share)) / total)))
}

function verdict(about: number | undefined, before: Metrics, after: Metrics): string {
  if (!Number.isFinite(after.loss)) return 'It did not help: the loss broke down.'
  if (about === undefined && isGuess(before) && isGuess(after)) return 'It did not help: the network still does no better than guessing.'
  const gained = about === undefined ? after.score - before.score : (after.recall[about] ?? 0) - (before.recall[about] ?? 0)
  const helped = gained > noticeable || !Number.isFinite(before.loss) || (about === undefined && gained > -noticeable && after.loss < 0.9 * before.loss)
  if (!helped) return gained < -noticeable ? 'It made things worse.' : 'It made no difference.'
  const cost = about === undefined ? 0 : before.score - after.score
  return cost > noticeable ? `It helped, and cost ${(100 * cost).toFixed(1)} points of accuracy.` : 'It helped.'
}
