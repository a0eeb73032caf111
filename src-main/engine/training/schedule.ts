/** Learning rate over a run, as a multiple of the recipe's: linear warm-up, then the schedule. */
import type { Optimizer } from '#contract/training.ts'

export interface Pace { readonly stepsPerEpoch: number; readonly totalSteps: number }

/** `step` counts from 0. Cosine: Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5, one period. */
export function rateFactor(step: number, { stepsPerEpoch, totalSteps }: Pace, { schedule, warmup, stepEpochs, stepFactor }: Pick<Optimizer, 'schedule' | 'warmup' | 'stepEpochs' | 'stepFactor'>): number {
  if (step < warmup) return (step + 1) / warmup
  switch (schedule) {
    case 'constant': return 1
    case 'step': return stepFactor ** Math.floor(step / (stepsPerEpoch * stepEpochs))
    case 'cosine': return (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, totalSteps - warmup))) / 2
  }
}
