/** Time and memory of a run, before it begins: from runs of its kind on this device, else from one forward pass of the model. */
import { join } from 'node:path'
import { z } from 'zod'
import type { Forecast, SynthesisRecipe } from '#contract/synthesis.ts'
import { median } from '../lib/quantile.ts'
import { openStoredJson } from '../lib/stored-json.ts'
import type { StoredJson } from '../lib/stored-json.ts'
import type { Network } from '../network/network.ts'
import { latentInputs } from '../preprocessing/prepare.ts'
import type { Work, WorkPlace } from './define-work.ts'

const Pace = z.object({ kind: z.string(), device: z.string(), model: z.string(), /** Of the model at its own size. */ forwardSeconds: z.number(), secondsPerPass: z.number() })
type Pace = z.infer<typeof Pace>

export interface Forecaster {
  forecast(work: Work, recipe: SynthesisRecipe, place: WorkPlace, settings: unknown): Promise<Forecast>
  /** What happened: `share` of the run was done in that many seconds. */
  learn(work: Work, recipe: SynthesisRecipe, place: WorkPlace, settings: unknown, happened: { readonly seconds: number; readonly share: number }): Promise<void>
}

const keptPaces = 64
/** A step's way to the session and back, its viewpoint and its feeds. */
const secondsPerStep = 0.0015
/** Runs that ended sooner say more about opening sessions than about the pace. */
const leastSeconds = 1

export async function openForecaster(folder: string): Promise<Forecaster> {
  const paces = await openStoredJson(join(folder, 'pace.json'), z.array(Pace), [])
  return {
    async forecast(work, recipe, place, settings) {
      const { passes, steps = 0, bytes } = await work.estimate(place, settings)
      const begun = steps * secondsPerStep
      const device = (await place.runtime.device()).inUse
      const alike = paces.value.filter((pace) => pace.kind === recipe.kind && pace.device === device)
      const same = alike.filter(({ model }) => model === recipe.model.sha256)
      const forwardSeconds = await timeForward(place.network)
      if (forwardSeconds === undefined) return { seconds: null, bytes, basis: 'the model could not be run once to time it' }
      // In forward passes of now: a machine that is busy now, or was then, is as much slower in these.
      const known = same.length > 0 ? same : alike
      const factor = known.length > 0 ? median(known.map((pace) => pace.secondsPerPass / pace.forwardSeconds)) : 1
      const basis = same.length > 0 ? `by ${counted(same.length, 'run')} like it with this model on this device, and a forward pass now`
        : alike.length > 0 ? `by a forward pass of the model and ${counted(alike.length, 'run')} of other models` : 'by a forward pass of the model'
      return { seconds: begun + passes * forwardSeconds * factor, bytes, basis }
    },
    async learn(work, recipe, place, settings, { seconds, share }) {
      if (seconds < leastSeconds || share <= 0) return
      const { passes, steps = 0 } = await work.estimate(place, settings)
      const forwardSeconds = await timeForward(place.network)
      if (forwardSeconds === undefined || passes <= 0) return
      await note(paces, { kind: recipe.kind, device: (await place.runtime.device()).inUse, model: recipe.model.sha256, forwardSeconds, secondsPerPass: Math.max(0.1 * forwardSeconds, (seconds - share * steps * secondsPerStep) / (share * passes)) })
    },
  }
}

/** Failing to note a pace is no reason to fail a run. */
const note = (paces: StoredJson<Pace[]>, pace: Pace): Promise<void> => paces.set([...paces.value, pace].slice(-keptPaces)).catch(() => undefined)

const timed = new WeakMap<Network, { readonly seconds: number; readonly at: number }>()
/** A time stays true for that long: what else the machine does changes. */
const freshMs = 60_000
/** Small networks are run again and again for that long: a single pass slips through where a run of minutes would have to share the processor. */
const timingMs = 120

/** The mean of some passes, behind one that makes the session. */
async function timeForward(network: Network): Promise<number | undefined> {
  const known = timed.get(network)
  if (known !== undefined && Date.now() - known.at < freshMs) return known.seconds
  let [passes, ms] = [0, 0]
  try {
    await network.forward(latentInputs(network, 0), network.outputs)
    const began = Date.now()
    do await network.forward(latentInputs(network, 0), network.outputs, { onRan: (ranMs) => { passes += 1; ms += ranMs } })
    while (Date.now() - began < timingMs)
  } catch {
    return undefined
  }
  if (passes === 0) return undefined
  const seconds = ms / passes / 1000
  timed.set(network, { seconds, at: Date.now() })
  return seconds
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Bytes of all intermediate values of one picture, as far as shapes are known: what a backward pass has to keep, at most. */
export function activationBytes({ facts }: Network): number {
  let elements = 0
  for (const { shape } of facts.values()) if (shape) elements += shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
  return 4 * elements
}
