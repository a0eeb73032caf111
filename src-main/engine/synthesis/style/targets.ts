/** What is kept of every style: its statistics over its whole picture. */
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import { grainOf } from './grain.ts'
import { targetGraph } from './graphs.ts'
import type { Held } from './graphs.ts'
import { lane, measureStyle } from './looker.ts'
import type { Picture, Surroundings } from './looker.ts'
import type { StylePlan } from './plan.ts'
import { planTiles } from './tiles.ts'

/** `largestTile`: longest side of what is computed at once, pixels. */
export async function styleTargets(plan: StylePlan, pictures: readonly Picture[], largestTile: number, place: Surroundings): Promise<Held> {
  const { runtime, source, target, signal } = place
  const held: Record<string, FloatTensor> = {}
  for (const [index, picture] of pictures.entries()) {
    const grain = Math.max(picture.height, picture.width) > largestTile ? grainOf(source, plan.style, { height: 96, width: 96 }) : undefined
    const tiling = planTiles(picture, largestTile, grain ?? { stride: 1, margin: 0 })
    const { sums, counts } = await measureStyle(plan, picture, tiling, grain, place)
    const session = await runtime.open(targetGraph(plan, source.at(tiling.tile, plan.style).taps, counts, index, target), { lane })
    try {
      for (const [name, { dims, data }] of Object.entries(await session.run(sums, session.outputNames, signal ? { signal } : {}))) held[name] = { dataType: 'float32', dims, data: data as Float32Array }
    } finally {
      await session.dispose()
    }
  }
  return held
}
