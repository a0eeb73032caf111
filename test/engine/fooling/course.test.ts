import { describe, expect, it } from 'vitest'
import { courseFacts, courseIn, courseTable, extended } from '#engine/fooling/evolution/course.ts'
import type { CoursePoint } from '#engine/fooling/evolution/course.ts'

const point = (judged: number): CoursePoint => ({ judged, seconds: judged / 100, median: 1 - 1 / judged, sure: Math.floor(judged / 1000) })
const courseTo = (generations: number): readonly CoursePoint[] => Array.from({ length: generations }, (_, at) => point(400 * (at + 1))).reduce<readonly CoursePoint[]>(extended, [])

describe('the course of an evolution', () => {
  it('keeps every generation of a short one', () => {
    expect(courseTo(600)).toHaveLength(600)
  })

  it('of a long one is thinned evenly: no part of it is told more coarsely than twice another', () => {
    const course = courseTo(2000)
    expect(course).toHaveLength(600)
    expect([course[0]?.judged, course.at(-1)?.judged]).toEqual([400, 800_000])
    // The last is always told, however near the one before it.
    const gaps = course.slice(1, -1).map(({ judged }, at) => judged - course[at]!.judged)
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThanOrEqual(2)
  })

  it('is a table with a head, and series of one length', () => {
    const course = courseTo(3)
    expect(courseTable(course).split('\n')).toEqual(['seconds,evaluations,median,classes at 99 %', '4.00,400,0.9975,0', '8.00,800,0.99875,0', `12.00,1200,${1 - 1 / 1200},1`, ''])
    expect(courseFacts(course)).toEqual({ judged: [400, 800, 1200], seconds: [4, 8, 12], medians: course.map(({ median }) => median) })
  })

  it('is found in what was kept, by earlier versions as well, and in nothing else', () => {
    expect(courseIn({ curve: courseTo(2) })).toEqual(courseTo(2))
    expect(courseIn({ curve: [[400, 0.5]] })).toEqual([{ judged: 400, seconds: 0, median: 0.5, sure: 0 }])
    expect(courseIn({ done: 3 })).toBeUndefined()
    expect(courseIn(null)).toBeUndefined()
  })
})
