/** Statistics of styles by id. */
import type { Statistic } from './define-statistic.ts'

export const statistics: ReadonlyMap<string, Statistic> = new Map(
  Object.values(import.meta.glob<Statistic>('./statistics/*.ts', { eager: true, import: 'default' })).map((statistic) => [statistic.id, statistic]),
)
