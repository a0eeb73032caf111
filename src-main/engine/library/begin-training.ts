/** A training that another work waits for: it stands among Train's own runs, can be looked at there, and is stopped with that work. */
import { AppError } from '#contract/errors.ts'
import type { BegunTraining, BeginTraining } from '../synthesis/define-work.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { TrainingRuns } from './training-runs.ts'

export async function beginTraining(training: TrainingRuns, ...[prepare, { signal, onProgress }]: Parameters<BeginTraining>): Promise<BegunTraining> {
  const { id } = await training.startIn(prepare)
  const act = (action: 'pause' | 'resume' | 'stop'): void => { training.control(id, { action }).catch(() => undefined) }
  const stop = (): void => act('stop')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const ended = (async () => {
    try {
      let epochs = 0
      for await (const event of training.watch(id, undefined)) {
        if (event.type === 'state') epochs = event.summary.epochs
        if (event.type === 'state' && event.note !== undefined) onProgress(0, event.note)
        if (event.type === 'epoch') onProgress(event.epoch.epoch / Math.max(1, epochs), `epoch ${event.epoch.epoch} of ${epochs}, ${(100 * event.epoch.validation.score).toFixed(1)} % right`)
      }
      throwIfCancelled(signal)
      const { summary } = await training.detail(id)
      if (summary.state !== 'done') throw new AppError('run-failed', `Training ‘${summary.name}’ ${summary.error === undefined ? `was ${summary.state} before it was done` : `failed: ${summary.error}`}`)
      return { path: (await training.folder(id)).file('model.onnx'), score: summary.best?.score ?? 0, run: id }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  })()
  return { pause: () => act('pause'), resume: () => act('resume'), ended }
}
