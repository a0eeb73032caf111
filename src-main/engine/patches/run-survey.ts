/** One pass over a set of pictures for all units of all layers; what was seen is kept now and then, so that it can go on. */
import { AppError, isAppError } from '#contract/errors.ts'
import { topPredictions } from '../activations/predictions.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { displayInput } from '../network/network.ts'
import type { Network } from '../network/network.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'
import { preparePicture } from '../preprocessing/prepare.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { buildSurveyGraph, outputsOf, surveyedLayers } from './survey-graph.ts'
import type { PictureSet } from './picture-set.ts'
import { Survey } from './survey.ts'
import type { LayerAnswer } from './survey.ts'

export interface SurveyPlace { readonly runtime: Runtime; readonly network: Network; readonly display: DisplaySpace }

export interface SurveyControls {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number) => void
  /** Now and then, and at the end. */
  readonly onKeep?: (survey: Survey, state: SurveyState) => Promise<void>
  readonly from?: { readonly survey: Survey; readonly state: SurveyState } | undefined
}

/** Where a survey stands: pictures gone through, and those that could not be read. */
export interface SurveyState { readonly next: number; readonly skipped: readonly { readonly picture: string; readonly reason: string }[] }

const keepEveryMs = 15_000
const lane = 'patches'

/** Classes by label where the set has any, else by what the network takes the picture for. */
export const classNames = (set: PictureSet, { preprocessing }: DisplaySpace): readonly string[] => (set.labels.length > 0 ? set.labels : preprocessing.output === 'none' ? [] : preprocessing.labels)

export async function runSurvey({ runtime, network, display }: SurveyPlace, set: PictureSet, { signal, onProgress, onKeep, from }: SurveyControls): Promise<{ readonly survey: Survey; readonly state: SurveyState }> {
  const layers = surveyedLayers(network)
  const names = classNames(set, display)
  const survey = from?.survey ?? new Survey(layers, names.length, set.count)
  let state: SurveyState = from?.state ?? { next: 0, skipped: [] }
  if (state.next >= set.count) return { survey, state }
  const { inUse } = await runtime.device()
  const scores = set.labels.length > 0 || names.length === 0 ? undefined : display.preprocessing.outputTensor
  const session = await runtime.open(buildSurveyGraph(network, display, layers, scores === undefined ? [] : [scores], runtime.loweringOf(inUse)), { lane, weights: network })
  try {
    let keptAt = Date.now()
    for (let index = state.next; index < set.count; index++) {
      throwIfCancelled(signal)
      try {
        const picture = preparePicture(network, display.preprocessing, await set.pixels(index))
        const answer = await session.run({ [displayInput]: picture.display }, undefined, signal ? { signal } : {})
        const answers = new Map(layers.map((layer): [string, LayerAnswer] => {
          const of = outputsOf(layer)
          return [layer.id, { most: answer[of.most]?.data as Float32Array, place: answer[of.place]?.data as unknown as ArrayLike<bigint>, mean: answer[of.mean]?.data as Float32Array }]
        }))
        survey.add(index, scores === undefined ? set.classOf(index) : predictedClass(display, answer[scores]), answers)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'picture-unreadable') throw error
        state = { ...state, skipped: [...state.skipped, { picture: set.title(index), reason: error.message }] }
      }
      state = { ...state, next: index + 1 }
      onProgress?.(index + 1, set.count)
      if (onKeep && Date.now() - keptAt > keepEveryMs) {
        await onKeep(survey, state)
        keptAt = Date.now()
      }
    }
    if (survey.count === 0) throw new AppError('data-invalid', `None of the ${set.count} pictures of ${set.name} could be read: ${state.skipped[0]?.reason ?? ''}`)
    await onKeep?.(survey, state)
    return { survey, state }
  } finally {
    await session.dispose()
  }
}

function predictedClass({ preprocessing }: DisplaySpace, scores: HostTensor | undefined): number {
  return scores ? (topPredictions(float32OfHost(scores), preprocessing, 1)[0]?.index ?? -1) : -1
}
