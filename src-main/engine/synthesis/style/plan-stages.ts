/** Coarse to fine: each scale is half the next one, and takes half as many steps as the one before, which it only has to refine. */
import type { StyleStage } from '#contract/style.ts'

const smallestSize = 64
const fewestSteps = 10

export function planStages(size: number, scales: number, steps: number): StyleStage[] {
  const sizes = Array.from({ length: scales }, (_, index) => Math.round(size / 2 ** (scales - 1 - index))).filter((each, index) => each >= smallestSize || index === scales - 1)
  return sizes.map((each, index) => ({ size: each, steps: index === 0 ? steps : Math.max(Math.min(fewestSteps, steps), Math.round(steps / 2 ** index)) }))
}
