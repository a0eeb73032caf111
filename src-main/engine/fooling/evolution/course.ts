/** How evolution went: behind generations, how many pictures were judged in how long, and how sure the network was of the archive. */
import type { Facts } from '#contract/synthesis.ts'

export interface CoursePoint {
  /** Pictures judged so far. */
  readonly judged: number
  /** Of work so far, interruptions left out. */
  readonly seconds: number
  /** Probability, over the archive's classes. */
  readonly median: number
  /** Classes of at least 99 %. */
  readonly sure: number
}

const mostPoints = 600

/** With one point more. Where there are more than a chart can show, those closest to their neighbors in count go: the spacing stays even. */
export function extended(course: readonly CoursePoint[], point: CoursePoint): readonly CoursePoint[] {
  const points = [...course, point]
  if (points.length <= mostPoints) return points
  let closest = 1
  const gap = (at: number): number => (points[at + 1]?.judged ?? Infinity) - (points[at - 1]?.judged ?? 0)
  for (let at = 2; at < points.length - 1; at++) if (gap(at) < gap(closest)) closest = at
  return points.filter((_, at) => at !== closest)
}

/** Of an evolution's checkpoint; those of earlier versions hold pairs of pictures judged and median. Undefined for other works' notes. */
export function courseIn(notes: unknown): readonly CoursePoint[] | undefined {
  const kept = (notes as { readonly curve?: readonly (CoursePoint | readonly [number, number])[] } | null | undefined)?.curve
  return kept?.map((each) => ('judged' in each ? each : { judged: each[0], seconds: 0, median: each[1], sure: 0 }))
}

export const courseFacts = (course: readonly CoursePoint[]): Facts => ({
  judged: course.map(({ judged }) => judged), medians: course.map(({ median }) => median), seconds: course.map(({ seconds }) => Number(seconds.toFixed(2))),
})

/** CSV with a head. */
export const courseTable = (course: readonly CoursePoint[]): string =>
  `seconds,evaluations,median,classes at 99 %\n${course.map(({ judged, seconds, median, sure }) => `${seconds.toFixed(2)},${judged},${median},${sure}\n`).join('')}`
