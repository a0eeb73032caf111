/** Explanations of opened models' answers; those made lately are kept, so that saving one does not compute it again. */
import type { ExplainStart, MethodRequest, Target } from '#contract/explain.ts'
import { AppError } from '#contract/errors.ts'
import { topPredictions } from '../activations/predictions.ts'
import { explain } from '../attribution/explain.ts'
import type { Explanation } from '../attribution/explain.ts'
import { resolveTarget } from '../attribution/target.ts'
import type { ResolvedTarget } from '../attribution/target.ts'
import { SizedCache } from '../lib/sized-cache.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'
import type { PreparedPicture } from '../preprocessing/prepare.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { OpenModels } from './open-models.ts'
import type { RunIds, Runs } from './runs.ts'

export interface ExplanationRequest extends RunIds {
  readonly target: Target
  readonly methods: readonly MethodRequest[]
  readonly seed: number
}

export interface ExplanationControls {
  readonly signal?: AbortSignal
  readonly onStart?: (start: Omit<ExplainStart, 'type'>) => void
  /** Over all methods together. */
  readonly onProgress?: (fraction: number, note: string) => void
  readonly onExplanation?: (explanation: Explanation) => void
}

export interface Explanations {
  run(request: ExplanationRequest, controls?: ExplanationControls): Promise<{ readonly picture: PreparedPicture; readonly target: ResolvedTarget; readonly device: string; readonly explanations: Explanation[] }>
  clear(): number
}

const keptBytes = 64 * 2 ** 20

export function createExplanations(models: OpenModels, runs: Runs, runtime: Runtime): Explanations {
  const kept = new SizedCache<Explanation>(keptBytes)
  return {
    async run(request, { signal, onStart, onProgress, onExplanation } = {}) {
      const { network, record } = models.get(request.model)
      if (!record) throw new AppError('target-invalid', `${network.summary.name} takes no picture: there is nothing to explain.`)
      const picture = await runs.prepare(request, { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) })
      const { preprocessing } = picture.space
      const { values: outputs } = await runs.outputs(request)
      throwIfCancelled(signal)
      const output = preprocessing.outputTensor === undefined ? undefined : outputs[preprocessing.outputTensor]
      const top = output ? topPredictions(float32OfHost(output), preprocessing) : []
      const target = await resolveTarget(network, picture.space, picture.display, request.target, signal ? { signal } : {})
      const device = (await runtime.device()).inUse
      onStart?.({ top, target: { index: target.index, label: target.label }, device })

      const explanations: Explanation[] = []
      const count = request.methods.length
      for (const [index, { method, options }] of request.methods.entries()) {
        throwIfCancelled(signal)
        const { labels: _, ...recipe } = preprocessing
        const key = JSON.stringify([request.model, request.picture, recipe, request.target, method, options, request.seed, device])
        const made = kept.get(key) ?? await explain({
          network, display: picture.space, picture: picture.display, target, method, options, seed: request.seed, ...(signal ? { signal } : {}),
          onProgress: (fraction, note) => onProgress?.((index + fraction) / count, note),
        })
        kept.set(key, made, made.map.data.byteLength)
        explanations.push(made)
        onExplanation?.(made)
      }
      return { picture, target, device, explanations }
    },
    clear: () => kept.clear(),
  }
}
