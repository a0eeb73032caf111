/** One change for many photographs. */
import type { Checkpoint } from '../synthesis/define-work.ts'
import type { SetMethod, SetState } from './define-method.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import { roundToBytes, roundWithin } from './eight-bit.ts'
import { className, requirePictures } from './fool-run.ts'
import type { FoolRun, Photograph } from './fool-run.ts'
import { bestOf, isReached } from './goal.ts'
import type { Goal } from './goal.ts'
import { transferOf } from './transfer.ts'
import type { FooledPicture } from './transfer.ts'

const placeStream = 1_000_000

/** Items: the change itself, and every photograph with it on. */
export async function foolSet(run: FoolRun, method: SetMethod): Promise<void> {
  const { context, settings } = run
  const photographs: Photograph[] = []
  for (const reference of requirePictures(settings, method.title)) {
    run.checkCancelled()
    photographs.push(await run.photograph(reference))
  }
  const [target] = run.targets() ?? []
  const probe = photographs[0]?.probe ?? run.probe()
  const startedAt = performance.now()
  const before = run.evaluations
  const seed = run.seedFor(target ?? probe.classes)
  const { apply, change } = await run.keeping(() => method.run({
    probe, options: run.options, target, randomOf: (stream) => createRandom(streamSeed(seed, stream)), from: stateIn(context.checkpoint),
    tick: (progress, picture, state) => run.tick({ ...progress, step: state.step }, probe, () => ({ name: method.id, picture }), () => checkpointOf(state)),
  }, photographs.map(({ picture }) => picture)))
  const seconds = (performance.now() - startedAt) / 1000
  const evaluations = run.evaluations - before
  const fooled: FooledPicture[] = []
  for (const [index, photograph] of photographs.entries()) {
    run.checkCancelled()
    const [logits = new Float32Array()] = await photograph.probe.logits(photograph.picture)
    const goal: Goal = target === undefined ? { kind: 'leave', index: bestOf(logits) } : { kind: 'reach', index: target }
    const changed = apply(photograph.picture, createRandom(run.seedFor(placeStream + index)))
    const picture = method.budget === undefined ? roundToBytes(changed) : roundWithin(changed, photograph.picture, { norm: 'linf', radius: run.options.number(method.budget) })
    const name = target === undefined ? photograph.name : `${photograph.name}-${className(target)}`
    const outcome = await run.finish({ name, title: photograph.reference.name, goal, picture, photograph, probe: photograph.probe, settings, evaluations, seconds })
    fooled.push({ ...outcome, photograph })
  }
  const count = fooled.filter(({ goal, answers }) => isReached(goal, answers)).length
  await context.item({
    name: method.id, title: method.title, content: { picture: floatTensor([1, change.channels, change.height, change.width], change.data) }, settings,
    facts: { role: 'shared-change', fooled: count, pictures: photographs.length, share: count / Math.max(1, photographs.length), evaluations, seconds: Number(seconds.toFixed(2)), ...(target === undefined ? {} : { class: target, label: probe.labelOf(target) }) },
  })
  await transferOf(run, fooled)
}

const checkpointOf = ({ tensors, notes }: SetState): Omit<Checkpoint, 'step'> => ({ tensors: new Map([...tensors].map(([name, data]) => [name, { dims: [data.length], data }])), notes })

function stateIn(checkpoint: Checkpoint | undefined): SetState | undefined {
  if (!checkpoint) return undefined
  const tensors = new Map([...checkpoint.tensors].flatMap(([name, { data }]): [string, Float32Array][] => (data instanceof Float32Array ? [[name, data]] : [])))
  return { step: checkpoint.step, tensors, notes: checkpoint.notes as SetState['notes'] }
}
