/** A run in few words. */
import type { DataSummary, Recipe, StepRecord } from '#contract/training.ts'
import type { StepObservation } from './doctor/observation.ts'

export const netText = ({ net }: Pick<Recipe, 'net'>): string => (net.kind === 'notation' ? net.text : net.kind === 'blocks' ? `${net.blocks.length} blocks` : net.path)
export const dataText = ({ data }: Pick<Recipe, 'data'>): string => (data.kind === 'files' ? data.path : data.name)
export const measureOf = ({ target }: Pick<DataSummary, 'target'>): 'accuracy' | 'r2' => (target.kind === 'classes' ? 'accuracy' : 'r2')

export function recordOf({ step, loss, rate, gradientNorm, layers }: StepObservation): StepRecord {
  return { step, loss, rate, gradientNorm, ...(layers ? { updateRatios: Object.fromEntries(layers.map((layer) => [layer.layer, layer.updateNorm / Math.max(1e-12, layer.weightNorm)])) } : {}) }
}
