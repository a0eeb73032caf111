import { invariant } from '#contract/errors.ts'
import { HostAdam } from '../../optimizers/host-adam.ts'
import { defineMethod } from '../define-method.ts'
import type { SetState } from '../define-method.ts'
import { bestOf, logOdds } from '../goal.ts'
import type { Goal } from '../goal.ts'
import { pastePatch, patchGradient, randomPlace } from '../patch-placement.ts'

/** One picture that draws the answer to itself wherever it is stuck: the mean log-odds over photographs, places, sizes and turns is followed by Adam (Brown et al. 2017, arXiv:1712.09665, section 2). */
export default defineMethod({
  id: 'patch', kind: 'set', title: 'Adversarial patch',
  summary: 'A sticker that changes the answer wherever it lies on a photograph.',
  citation: 'Brown, Mané, Roy, Abadi, Gilmer 2017, arXiv:1712.09665',
  options: [
    { type: 'number', id: 'share', title: 'Share of the picture', help: 'Area of the patch at its largest, as a share of the picture.', minimum: 0.01, maximum: 0.5, initial: 0.1 },
    { type: 'integer', id: 'steps', title: 'Steps', help: 'Photographs that it is stuck on, one a step.', minimum: 1, maximum: 100_000, initial: 400 },
    { type: 'number', id: 'rate', title: 'Rate', help: "Adam's.", minimum: 1e-4, maximum: 1, initial: 0.05 },
    { type: 'number', id: 'turn', title: 'Largest turn (degrees)', help: 'Either way.', minimum: 0, maximum: 180, initial: 20 },
  ],
  async run({ probe, options, randomOf, from, tick, target }, pictures) {
    const { channels, height, width } = probe.extent
    const side = Math.max(4, Math.round(Math.sqrt(options.number('share') * height * width)))
    const random = randomOf(0)
    const { patch = Float32Array.from({ length: channels * side * side }, () => random.uniform(0.3, 0.7)), adam: moments } = from ? restored(from) : {}
    const steps = options.number('steps')
    const adam = new HostAdam(patch.length, options.number('rate'), moments)
    const goals: Goal[] = []
    for (const picture of pictures) {
      const [logits] = await probe.logits(picture)
      goals.push(target === undefined ? { kind: 'leave', index: bestOf(logits ?? []) } : { kind: 'reach', index: target })
    }
    for (let step = (from?.step ?? 0) + 1; step <= steps; step++) {
      const chance = randomOf(step)
      const at = chance.integer(0, pictures.length - 1)
      const [picture, goal] = [pictures[at], goals[at]]
      if (!picture || !goal) continue
      const place = randomPlace(chance, probe.extent, side, options.number('turn'))
      const pasted = pastePatch(picture, patch, probe.extent, side, place)
      const { gradient } = await probe.slope(pasted, logOdds(goal))
      adam.ascend(patch, patchGradient(gradient, probe.extent, side, place))
      for (let index = 0; index < patch.length; index++) patch[index] = Math.min(1, Math.max(0, patch[index]!))
      const { first, second } = adam.state
      await tick({ steps, label: `Stuck on photograph ${step} of ${steps}` }, pasted, { step, tensors: new Map([['patch', patch.slice()], ['first', first], ['second', second]]), notes: {} })
    }
    return {
      apply: (picture, chance) => pastePatch(picture, patch, probe.extent, side, randomPlace(chance, probe.extent, side, options.number('turn'))),
      change: { channels, height: side, width: side, data: patch },
    }
  },
})

/** One step of Adam for each photograph that it was stuck on. */
function restored({ step, tensors }: SetState) {
  const [patch, first, second] = ['patch', 'first', 'second'].map((name) => tensors.get(name))
  invariant(patch && first && second, 'the kept state is no patch')
  return { patch: patch.slice(), adam: { first, second, steps: step } }
}
