/** Time and memory of a run, before it begins: from runs of its kind on this device, else from one forward pass of the model. */
import { join } from 'node:path'
import { z } from 'zod'
import type { Forecast, SynthesisRecipe } from '#contract/synthesis.ts'
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
      if (same.length > 0) return { seconds: begun + passes * median(same.map(({ secondsPerPass }) => secondsPerPass)), bytes, basis: `by ${counted(same.length, 'run')} like it with this model on this device` }
      const forwardSeconds = await timeForward(place.network)
      if (forwardSeconds === undefined) return { seconds: null, bytes, basis: 'the model could not be run once to time it' }
      const factor = alike.length > 0 ? median(alike.map((pace) => pace.secondsPerPass / pace.forwardSeconds)) : 1
      return { seconds: begun + passes * forwardSeconds * factor, bytes, basis: alike.length > 0 ? `by one forward pass of the model and ${counted(alike.length, 'run')} of other models` : 'by one forward pass of the model' }
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

const timed = new WeakMap<Network, number>()

/** The faster of two, the first of which makes the session. */
async function timeForward(network: Network): Promise<number | undefined> {
  const known = timed.get(network)
  if (known !== undefined) return known
  const times: number[] = []
  try {
    for (let run = 0; run < 2; run++) await network.forward(latentInputs(network, 0), network.outputs, { onRan: (ms) => times.push(ms / 1000) })
  } catch {
    return undefined
  }
  const seconds = Math.min(...times)
  timed.set(network, seconds)
  return seconds
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** Bytes of all intermediate values of one picture, as far as shapes are known: what a backward pass has to keep, at most. */
export function activationBytes({ facts }: Network): number {
  let elements = 0
  for (const { shape } of facts.values()) if (shape) elements += shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
  return 4 * elements
}
