/**
 * A recognisable picture of a class: the class's score followed in the picture's spectrum and under shifts, turns and changes of size (Olah et al.
 * 2017), then, once that is done, up to sureness at the plain viewpoint by the shortest way, which is short by then.
 */
import { Ascent } from '../synthesis/ascent.ts'
import { find, optimisers, parameterisations, transforms } from '../synthesis/registries.ts'
import { resolveTerm } from '../synthesis/unit.ts'
import { shapeOf, usualTransforms } from '../synthesis/usual.ts'
import { ascend } from './ascend.ts'
import type { AttackContext } from './define-method.ts'
import { probabilitiesOf } from '../preprocessing/host-values.ts'

/** The picture is looked at, and its answer told, once in so many steps. */
const lookEvery = 8
const key = 'natural ascent'

export async function ascendNaturally(context: AttackContext): Promise<Float32Array> {
  const { probe, goal, options, random, tick } = context
  const { network, display, runtime } = probe
  const steps = options.number('steps')
  const shape = shapeOf(display, { batch: 1, alpha: false }, [])
  const terms = [resolveTerm({ network, display }, { id: 'logit', weight: goal.kind === 'reach' ? 1 : -1, class: goal.index }, 1)]
  const ascent = await probe.hold(key, () => Ascent.open({ runtime, network, display }, { terms, shape, parameterisation: find(parameterisations, 'fourier', 'parameterisation'), optimiser: find(optimisers, 'adam', 'optimiser') }))
  const applied = Object.entries(usualTransforms(shape)).map(([id, amount]) => ({ transform: find(transforms, id, 'transform'), amount }))
  await ascent.begin({ terms, references: new Map(), transforms: applied, rate: undefined, seed: random.integer(0, 2 ** 31 - 1) })
  let picture = new Float32Array(probe.length)
  let answer = 0
  for (let step = 1; step <= steps; step++) {
    await ascent.step(step, probe.signal)
    probe.count(1)
    if (step % lookEvery === 0 || step === steps) {
      const [drawn] = await ascent.pictures()
      picture = drawn?.data.slice() ?? picture
      const [logits = new Float32Array()] = await probe.logits(picture)
      answer = probabilitiesOf(logits, 'logits')[goal.index] ?? 0
    }
    await tick({ step, steps, label: `${probe.labelOf(goal.index)}: ${(100 * answer).toFixed(1)} %`, value: answer }, step % lookEvery === 0 ? picture : undefined)
  }
  return ascend({ ...context, tick: (progress, shown) => tick({ ...progress, step: steps, steps }, shown) }, picture)
}
