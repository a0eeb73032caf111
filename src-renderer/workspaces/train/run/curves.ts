/** A run's history as curves over epochs. */
import type { RunDetail } from '#contract/training.ts'
import { balancedAccuracy } from '#renderer/charts/confusion.ts'
import { smooth, thin } from '#renderer/charts/series.ts'
import type { Points, Series } from '#renderer/charts/series.ts'

/** Curves of another run or file, beside the one that is looked at. */
export interface Overlay { readonly name: string; readonly loss: readonly Points[]; readonly score: readonly Points[] }

const mostPoints = 1200
/** Steps are smoothed over this share of an epoch, but at least over `fewestSmoothed`. */
const [smoothedShare, fewestSmoothed] = [0.05, 6]

/** Losses span decades: their logarithms are averaged, so that one spike does not hide what follows. */
function smoothLosses(points: Points, span: number): Points {
  if (points.ys.some((y) => y <= 0)) return smooth(points, span)
  const { xs, ys } = smooth({ xs: points.xs, ys: points.ys.map(Math.log) }, span)
  return { xs, ys: ys.map(Math.exp) }
}

/** Loss of every step over the epoch it falls into. */
export function stepLosses({ steps, stepsPerEpoch }: Pick<RunDetail, 'steps' | 'stepsPerEpoch'>): Points {
  const per = Math.max(1, stepsPerEpoch)
  return { xs: steps.map(({ step }) => step / per), ys: steps.map(({ loss }) => loss) }
}

export function lossSeries(run: RunDetail, overlay: Overlay | null): Series[] {
  const steps = stepLosses(run)
  const span = Math.max(fewestSmoothed, run.stepsPerEpoch * smoothedShare)
  return [
    { id: 'steps', title: 'Steps', ...thin(steps, mostPoints), color: '--ink-3', look: 'faint' },
    { id: 'train', title: 'Training', ...thin(smoothLosses(steps, span), mostPoints), color: '--ink-2', look: 'line' },
    { id: 'validation', title: 'Validation', xs: run.history.map(({ epoch }) => epoch), ys: run.history.map(({ validation }) => validation.loss), color: '--accent', look: 'line', dot: true },
    ...overlaid(overlay, overlay?.loss ?? []),
  ]
}

export function scoreSeries(run: RunDetail, overlay: Overlay | null): Series[] {
  const xs = run.history.map(({ epoch }) => epoch)
  const balanced = run.history.map(({ validation }) => balancedAccuracy(validation.confusion))
  // Balanced accuracy says something of its own only where classes differ in size.
  const differs = run.history.some(({ validation }, index) => validation.confusion.length > 0 && Math.abs((balanced[index] ?? 0) - validation.score) > 0.01)
  return [
    { id: 'train', title: 'Training', xs, ys: run.history.map(({ train }) => train.score), color: '--ink-2', look: 'line' },
    { id: 'validation', title: 'Validation', xs, ys: run.history.map(({ validation }) => validation.score), color: '--accent', look: 'line', dot: true },
    ...(differs ? [{ id: 'balanced', title: 'Balanced', xs, ys: balanced, color: '--warn', look: 'line' as const, dot: true }] : []),
    ...overlaid(overlay, overlay?.score ?? []),
  ]
}

const overlaid = (overlay: Overlay | null, curves: readonly Points[]): Series[] => (overlay === null ? [] : curves.map((points, index) => ({
  id: `overlay-${index}`, title: overlay.name, ...thin(points, mostPoints), color: '--info', look: index === 0 ? 'line' : 'dashed',
})))

/** Validation drawn whole, training dashed. */
export function overlayOfRun(run: RunDetail): Overlay {
  const xs = run.history.map(({ epoch }) => epoch)
  const steps = stepLosses(run)
  return {
    name: run.summary.name,
    loss: [{ xs, ys: run.history.map(({ validation }) => validation.loss) }, smoothLosses(steps, Math.max(fewestSmoothed, run.stepsPerEpoch * smoothedShare))],
    score: [{ xs, ys: run.history.map(({ validation }) => validation.score) }, { xs, ys: run.history.map(({ train }) => train.score) }],
  }
}

/** TensorBoard's scalars, told apart by their names; steps become epochs at this run's pace. */
export function overlayOfScalars(name: string, scalars: readonly { readonly tag: string; readonly steps: readonly number[]; readonly values: readonly number[] }[], stepsPerEpoch: number): Overlay {
  const per = Math.max(1, stepsPerEpoch)
  const ranked = (pattern: RegExp): Points[] => scalars
    .filter(({ tag }) => pattern.test(tag))
    .toSorted((left, right) => Number(isValidation(right.tag)) - Number(isValidation(left.tag)))
    .map(({ steps, values }) => ({ xs: steps.map((step) => step / per), ys: values }))
  return { name, loss: ranked(/loss/i), score: ranked(/acc|score|r2/i) }
}

const isValidation = (tag: string): boolean => /val|test|eval/i.test(tag)

/** Update-to-weight ratios by layer over steps; layers in the order they first appear. */
export function ratioSeries({ steps, net }: Pick<RunDetail, 'steps' | 'net'>): Series[] {
  const colors = ['--accent', '--info', '--warn', '--danger', '--ink-2']
  const known = steps.filter(({ updateRatios }) => updateRatios !== undefined)
  return net.layers.filter(({ id }) => known.some(({ updateRatios }) => updateRatios?.[id] !== undefined)).map(({ id, notation }, index) => {
    const points = known.flatMap(({ step, updateRatios }) => (updateRatios?.[id] === undefined || updateRatios[id] <= 0 ? [] : [{ x: step, y: updateRatios[id] }]))
    return { id, title: notation, ...thin({ xs: points.map(({ x }) => x), ys: points.map(({ y }) => y) }, 300), color: colors[index % colors.length] ?? '--ink-2', look: 'line' }
  })
}
