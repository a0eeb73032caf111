/** Examples that can be drawn as points: two numbers in and a class, or one number in and one out. */
import type { DataSummary, Example } from '#contract/training.ts'
import type { Point } from '#renderer/charts/PointPlot.vue'

export interface Plane { readonly points: readonly Point[]; readonly xTitle: string; readonly yTitle: string; readonly groups: readonly string[] }

export function planeOf({ input, target }: Pick<DataSummary, 'input' | 'target'>, examples: readonly Example[]): Plane | null {
  if (input.kind !== 'numbers') return null
  const [first, second] = input.columns
  if (target.kind === 'classes' && input.columns.length === 2) {
    const points = examples.map(({ numbers, label }) => ({ x: numbers?.[0] ?? 0, y: numbers?.[1] ?? 0, group: Math.max(0, target.labels.indexOf(label)), title: label }))
    return { points, xTitle: first ?? '', yTitle: second ?? '', groups: target.labels }
  }
  if (target.kind === 'numbers' && input.columns.length === 1 && target.columns.length === 1) {
    const points = examples.map(({ numbers, label }) => ({ x: numbers?.[0] ?? 0, y: Number(label), group: 0, title: label })).filter(({ y }) => Number.isFinite(y))
    return { points, xTitle: first ?? '', yTitle: target.columns[0] ?? '', groups: [] }
  }
  return null
}
