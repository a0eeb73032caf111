/** The learning rate range test (Smith 2017, arXiv:1506.01186, section 3.3): the rate rises exponentially over one short run. */
import type { Recipe } from '#contract/training.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { openNetSource } from './net-source.ts'
import { prepareData } from './prepare.ts'
import type { LoadData } from './prepare.ts'
import { epochOrder } from './sampler.ts'
import { Trainer } from './trainer.ts'

export interface RateTest { readonly rates: number[]; readonly losses: number[]; readonly suggested: number }

const steps = 120
const lowest = 1e-6
const highest = 10
/** Beyond that multiple of the lowest loss there is nothing more to learn. */
const divergence = 4
/** Of the moving average that the curve is read from. */
const smoothing = 0.9

export async function testRates(recipe: Recipe, { runtime, load, signal, lane }: { readonly runtime: Runtime; readonly load?: LoadData; readonly signal?: AbortSignal | undefined; readonly lane: string }): Promise<RateTest> {
  const source = await openNetSource(recipe, runtime)
  const data = await prepareData(recipe, source, { runtime, signal, load })
  const trainer = await Trainer.open(runtime, source.build(data.batches.inputDims, 'training', data.batch), data, { lane, threaded: false })
  const [rates, losses]: [number[], number[]] = [[], []]
  try {
    for (let step = 1, epoch = 1; step <= steps; epoch++) {
      const order = epochOrder(recipe.seed, epoch, data.parts.train, data.byClass)
      for (let batch = 0; batch < data.stepsPerEpoch && step <= steps; batch++, step++) {
        throwIfCancelled(signal)
        const rate = lowest * (highest / lowest) ** ((step - 1) / (steps - 1))
        const { loss, applied } = await trainer.step({ step, rate, batch: await trainer.assemble(order.subarray(batch * data.batch, (batch + 1) * data.batch), step) })
        if (!applied || loss > divergence * Math.min(loss, ...losses)) return { rates, losses, suggested: suggestedRate(rates, losses) }
        rates.push(rate)
        losses.push(loss)
      }
    }
  } finally {
    await trainer.dispose()
  }
  return { rates, losses, suggested: suggestedRate(rates, losses) }
}

/** Where the smoothed loss falls fastest over the logarithm of the rate; half of it, which leaves room on the steep side. */
export function suggestedRate(rates: readonly number[], losses: readonly number[]): number {
  let average = 0
  const smooth = losses.map((loss, index) => {
    average = smoothing * average + (1 - smoothing) * loss
    return average / (1 - smoothing ** (index + 1))
  })
  let [best, steepest] = [rates[Math.floor(rates.length / 2)] ?? 1e-3, 0]
  for (let index = 5; index < smooth.length; index++) {
    const fall = (smooth[index - 5] ?? 0) - (smooth[index] ?? 0)
    if (fall > steepest) [best, steepest] = [rates[index] ?? best, fall]
  }
  return Number((best / 2).toPrecision(2))
}
