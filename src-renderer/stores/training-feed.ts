/** A run as the page knows it, and what each event of the engine makes of it. Events may say again what is known already. */
import type { Epoch, RunDetail, RunEvent, StepRecord } from '#contract/training.ts'

export function applyRunEvent(detail: RunDetail, event: RunEvent): RunDetail {
  switch (event.type) {
    case 'state': return { ...detail, summary: event.summary }
    case 'steps': return { ...detail, steps: appendSteps(detail.steps, event.steps), summary: { ...detail.summary, epoch: Math.max(detail.summary.epoch, event.epoch) } }
    case 'epoch': return { ...detail, history: appendEpoch(detail.history, event.epoch) }
    // All that stand, causes first.
    case 'findings': return { ...detail, findings: event.findings }
    case 'outcome': return { ...detail, outcomes: [...detail.outcomes.filter(({ finding, fix }) => finding !== event.outcome.finding || fix !== event.outcome.fix), event.outcome] }
    case 'kernels': return detail
  }
}

/** A run that was resumed from a checkpoint takes some steps again: the later ones count. */
function appendSteps(known: readonly StepRecord[], added: readonly StepRecord[]): StepRecord[] {
  const first = added[0]?.step
  if (first === undefined) return [...known]
  let kept = known.length
  while (kept > 0 && known[kept - 1]!.step >= first) kept--
  return lighten([...known.slice(0, kept), ...added])
}

/** More steps than any chart has pixels cost time and show nothing. */
const [mostSteps, newest] = [8000, 1000]

/** Every other one of the older steps, once there are too many. */
const lighten = (steps: StepRecord[]): StepRecord[] => (steps.length <= mostSteps ? steps : steps.filter((_, index) => index % 2 === 0 || index >= steps.length - newest))

const appendEpoch = (history: readonly Epoch[], epoch: Epoch): Epoch[] => [...history.filter((known) => known.epoch < epoch.epoch), epoch]
