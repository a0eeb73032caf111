/** What a run costs, in forward passes of one picture: a gradient is about three. */
import type { FoolSettings } from '#contract/fool.ts'
import { optionValues } from '../attribution/options.ts'
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

export function estimateFooling(network: Network, display: DisplaySpace, settings: FoolSettings): Estimate {
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
    // Training is another matter: it depends on its data. Its forward and backward passes are about as many again.
    case 'loop': return { passes: overheadPasses + 2 * (options.number('rounds') + 1) * options.number('archives') * options.number('generations') * options.number('population'), bytes: 64 * pictureBytes }
    case 'class': return { passes: overheadPasses + gradientPasses * steps * usualShare * targets, bytes: 16 * pictureBytes }
    case 'set': return { passes: overheadPasses + pictures * (has('epochs') ? options.number('epochs') : 1) * (method.id === 'universal' ? 10 * gradientPasses : gradientPasses), bytes: (pictures + 16) * pictureBytes }
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
