/** The order in which an epoch visits the training part. */
import { createRandom, streamSeed } from '../lib/random.ts'
import type { Random } from '../lib/random.ts'

/** Independent streams of one run's seed. */
export const streams = { order: 3, augment: 4, mask: 5, probe: 6 } as const

/** As many visits as there are examples. 'balanced': every class as often as any other, with repetition. */
export function epochOrder(seed: number, epoch: number, train: Int32Array, byClass: readonly Int32Array[] | undefined): Int32Array {
  const random = createRandom(streamSeed(streamSeed(seed, streams.order), epoch))
  return byClass ? balanced(random, train.length, byClass) : shuffled(random, train)
}

function shuffled(random: Random, train: Int32Array): Int32Array {
  const order = train.slice()
  for (let index = order.length - 1; index > 0; index--) {
    const other = random.integer(0, index)
    const held = order[index] ?? 0
    order[index] = order[other] ?? 0
    order[other] = held
  }
  return order
}

function balanced(random: Random, count: number, byClass: readonly Int32Array[]): Int32Array {
  const present = byClass.filter((members) => members.length > 0)
  return Int32Array.from({ length: count }, () => {
    const members = present[random.integer(0, present.length - 1)]
    return members?.[random.integer(0, members.length - 1)] ?? 0
  })
}
