/** What a run costs, in forward passes of one picture: a gradient is about three. */
import type { FoolSettings } from '#contract/fool.ts'
import { optionValues } from '../attribution/options.ts'
import type { Recipe } from '#contract/training.ts'
import { DatasetCache } from '../datasets/dataset-cache.ts'
import { splitDataset } from '../datasets/split.ts'
import { displayChannels } from '../network/display-space.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { Estimate } from '../synthesis/define-work.ts'
import { findMethod } from './registry.ts'

const gradientPasses = 3
/** Making sessions and judging what was written takes about as long as so many passes. */
const overheadPasses = 60
/** Sureness comes early: of the steps that are allowed, about so many are taken. */
const usualShare = 0.2
/** DeepFool's: a forward pass and a gradient for each border looked at, a handful of times. */
const usualMinimalSteps = 4

export async function estimateFooling(network: Network, display: DisplaySpace, settings: FoolSettings, signal?: AbortSignal): Promise<Estimate> {
  const method = findMethod(settings.method)
  const options = optionValues(method, settings.options, () => '', (id) => id)
  const { height, width } = display.preprocessing
  const pictureBytes = 4 * displayChannels(display) * height * width
  const targets = settings.targets === 'all' ? classesOf(network) : (settings.targets?.length ?? 1)
  const pictures = Math.max(1, settings.pictures.length)
  const has = (id: string): boolean => method.options.some((option) => option.id === id)
  const steps = has('steps') ? options.number('steps') : 1
  switch (method.kind) {
    case 'evolution': return { passes: overheadPasses + (settings.genome === undefined ? options.number('generations') * options.number('population') : 1), bytes: pictureBytes * (64 + (method.encoding === 'direct' ? classesOf(network) / 4 : 0)) }
    case 'loop': {
      const [trainings, training] = [options.number('rounds'), settings.training ? await trainingCost(settings.training, signal) : { passes: 0, classes: classesOf(network), bytes: 0 }]
      const bred = options.number('archives') * options.number('generations') * options.number('population')
      // A network of other classes than the data's is not the first one: that is trained as well.
      const begins = training.classes === classesOf(network) ? 0 : 1
      return { passes: overheadPasses + (trainings + 1) * bred + (trainings + begins) * training.passes, bytes: 64 * pictureBytes + training.bytes }
    }
    case 'class': return { passes: overheadPasses + gradientPasses * steps * usualShare * targets, bytes: 16 * pictureBytes }
    // By passes over the photographs, each with a handful of borders looked at; or by steps, each on one of them.
    case 'set': return { passes: overheadPasses + gradientPasses * (has('epochs') ? 10 * pictures * options.number('epochs') : steps), bytes: (pictures + 16) * pictureBytes }
    case 'picture': {
      const attempts = settings.budgets.length > 0 ? settings.budgets.length : settings.smallest ? 6 : 1
      const once = has('candidates') ? usualMinimalSteps * options.number('candidates') * gradientPasses
        : has('population') ? options.number('population') * options.number('generations')
          : gradientPasses * steps * (has('searches') ? options.number('searches') : 1)
      return { passes: overheadPasses + pictures * targets * attempts * once, bytes: 16 * pictureBytes }
    }
  }
}

const classesOf = ({ outputs, facts }: Network): number => {
  const shape = facts.get(outputs[0] ?? '')?.shape
  return shape?.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1) ?? 1000
}

/** The same data are asked about again with every change of the settings. */
const datasets = new DatasetCache(1)

/** Every epoch takes every example forward and backward, those held out forward alone. */
async function trainingCost({ data, epochs, seed, split }: Recipe, signal: AbortSignal | undefined): Promise<{ readonly passes: number; readonly classes: number; readonly bytes: number }> {
  const dataset = await datasets.load(data, { seed, ...(signal ? { signal } : {}) })
  const { target, input } = dataset
  const { train, validation } = splitDataset(dataset, split)
  return { passes: epochs * (gradientPasses * train.length + validation.length), classes: target.kind === 'classes' ? target.labels.length : 0, bytes: (input.kind === 'pictures' ? input.pixels : input.values).byteLength }
}
