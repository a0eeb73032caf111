/** Where a run is: which scale a step belongs to. Steps are counted from 1 over the whole run. */
import type { StyleStage } from '#contract/style.ts'
import { AppError } from '#contract/errors.ts'
import type { Extent } from './backbone.ts'

export interface Stage { readonly index: number; readonly size: number; /** Steps done behind its last one. */ readonly until: number }

export const totalSteps = (stages: readonly StyleStage[]): number => stages.reduce((sum, { steps }) => sum + steps, 0)

/** What is done of all work behind so many steps, counted in pixels that were looked at. */
export function shareOfWork(stages: readonly StyleStage[], done: number): number {
  let [work, all, before] = [0, 0, 0]
  for (const { size, steps } of stages) {
    work += size ** 2 * Math.min(steps, Math.max(0, done - before))
    all += size ** 2 * steps
    before += steps
  }
  return work / all
}

/** The stage of the step after `done`; undefined once all are done. */
export function stageAfter(stages: readonly StyleStage[], done: number): Stage | undefined {
  let until = 0
  for (const [index, { size, steps }] of stages.entries()) {
    until += steps
    if (done < until) return { index, size, until }
  }
  return undefined
}

const shortestSide = 16

/** `picture` with its longer side at `size`. Throws 'option-invalid' where the shorter one would hold nothing. */
export function extentAt(picture: Extent, size: number): Extent {
  const scale = size / Math.max(picture.height, picture.width)
  const extent = { height: Math.max(1, Math.round(picture.height * scale)), width: Math.max(1, Math.round(picture.width * scale)) }
  if (Math.min(extent.height, extent.width) < shortestSide)
    throw new AppError('option-invalid', `A picture of ${picture.width} × ${picture.height} pixels is only ${extent.width} × ${extent.height} at a longer side of ${size}; style needs ${shortestSide} pixels each way. Choose a larger size, or crop it.`)
  return extent
}
