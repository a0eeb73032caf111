/** Networks of the test data as attacks ask them. */
import type { Goal } from '#engine/fooling/goal.ts'
import { Probe } from '#engine/fooling/probe.ts'
import type { AttackContext, FoolingMethod } from '#engine/fooling/define-method.ts'
import { optionValues } from '#engine/attribution/options.ts'
import { createRandom } from '#engine/lib/random.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { classifierPath, classifiers, displayOf } from './classifiers.ts'

export interface OpenedProbe { readonly probe: Probe; readonly dispose: () => Promise<void> }

export async function openProbe(name: string, host: 'inline' | 'worker' = 'inline'): Promise<OpenedProbe> {
  const classifier = classifiers.find((each) => each.name === name)
  if (!classifier) throw new Error(`no classifier ${name}`)
  const runtime = createRuntime({ host, device: 'cpu' })
  const network = await openNetwork(classifierPath(classifier), { runtime })
  const display = displayOf(classifier)
  const output = /prob|softmax/.test(classifier.output) ? 'probabilities' : 'logits'
  const probe = new Probe(network, { preprocessing: { ...display.preprocessing, output } }, runtime)
  return { probe, dispose: async () => { await probe.dispose(); await network.dispose(); await runtime.dispose() } }
}

export function contextOf(probe: Probe, method: FoolingMethod, goal: Goal, given: Readonly<Record<string, number | string>> = {}, seed = 1, tick: AttackContext['tick'] = () => Promise.resolve()): AttackContext {
  return { probe, goal, options: optionValues(method, given, () => '', (id) => id), random: createRandom(seed), tick }
}
