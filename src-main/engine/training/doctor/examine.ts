/** What the doctor says of a run: every rule's findings, causes before what they cause. */
import type { Finding } from '#contract/training.ts'
import type { RunObservation } from './observation.ts'
import { doctorRules } from './registry.ts'

const urgency: Readonly<Record<Finding['severity'], number>> = { critical: 0, warning: 1, notice: 2 }

export function examine(run: RunObservation): Finding[] {
  const observation = answered(run)
  const epoch = observation.epochs.at(-1)?.epoch ?? 0
  const step = observation.steps.at(-1)?.step ?? 0
  const found = doctorRules.flatMap((rule) => rule.examine(observation).map(({ about, ...diagnosis }) => ({
    rule, finding: { ...diagnosis, id: about === undefined ? rule.id : `${rule.id}:${about}`, rule: rule.id, epoch, step, source: rule.source, fixes: [...diagnosis.fixes] },
  })))
  const present = new Map(found.map(({ rule }) => [rule.id, rule]))

  /** A cause is as urgent as the worst that it causes. */
  const urgencies = new Map<string, number>()
  const urgencyOf = (id: string, seen: ReadonlySet<string>): number => {
    const known = urgencies.get(id)
    if (known !== undefined) return known
    const own = found.filter(({ rule }) => rule.id === id).map(({ finding }) => urgency[finding.severity])
    const caused = present.get(id)!.explains.filter((other) => present.has(other) && !seen.has(other)).map((other) => urgencyOf(other, new Set([...seen, id])))
    const worst = Math.min(...own, ...caused)
    if (seen.size === 0) urgencies.set(id, worst)
    return worst
  }

  const ordered: string[] = []
  const waiting = new Set(present.keys())
  while (waiting.size > 0) {
    // Rules whose causes have been named; all of them where causes run in a circle.
    const ready = [...waiting].filter((id) => ![...waiting].some((cause) => cause !== id && present.get(cause)!.explains.includes(id)))
    const [next] = (ready.length > 0 ? ready : [...waiting]).sort((a, b) => urgencyOf(a, new Set()) - urgencyOf(b, new Set()) || present.get(a)!.rank - present.get(b)!.rank)
    ordered.push(next!)
    waiting.delete(next!)
  }
  return ordered.flatMap((id) => found.filter(({ rule }) => rule.id === id).map(({ finding }) => finding))
}

/** A network that gives back its input is judged by its numbers, whatever classes the data have. */
function answered(observation: RunObservation): RunObservation {
  const { data, start, epochs } = observation
  const metrics = epochs.at(-1)?.validation ?? start?.validation
  if (data.target.kind === 'numbers' || !metrics || metrics.confusion.length > 0) return observation
  const { neighbors: _, ...facts } = data
  return { ...observation, data: { ...facts, target: { kind: 'numbers', columns: ['input'], mean: [data.input.mean], std: [data.input.std] } } }
}
