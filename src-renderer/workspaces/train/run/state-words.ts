import type { RunState } from '#contract/training.ts'

export const stateWords: Readonly<Record<RunState, string>> = {
  preparing: 'Preparing', running: 'Running', paused: 'Paused', done: 'Done', stopped: 'Stopped', failed: 'Failed', interrupted: 'Interrupted',
}
