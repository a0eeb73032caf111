/**
 * Style transfer as Gatys et al. 2016 have it, coarse to fine: a picture is moved until its statistics are those of the styles and its features those of the
 * content. Where it stands follows from the settings and the number of steps done, so that settings may change on the way.
 */
import type { OptimiseStyle } from '#contract/style.ts'
import { AppError } from '#contract/errors.ts'
import { withColorsOf } from '../../images/luminance.ts'
import { resizePlanes } from '../../images/resample.ts'
import { throwIfCancelled } from '../../lib/cancel.ts'
import type { NamedTensor } from '../../lib/safetensors.ts'
import { createRandom, streamSeed } from '../../lib/random.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { WorkContext } from '../define-work.ts'
import { AveragedAdam } from './averaged-adam.ts'
import { BackboneSource } from './backbone.ts'
import { Lbfgs } from './lbfgs.ts'
import type { Surroundings } from './looker.ts'
import type { PictureOptimiser } from './optimiser.ts'
import { openRegions } from './regions.ts'
import type { Regions } from './regions.ts'
import { openScale, pictureAt } from './scale.ts'
import type { Scale } from './scale.ts'
import { layersIn, structureKey, weightsOf } from './settings.ts'
import { extentAt, shareOfWork, stageAfter, totalSteps } from './stages.ts'

type Context = Pick<WorkContext<OptimiseStyle>, 'runtime' | 'network' | 'display' | 'seed' | 'signal' | 'picture' | 'checkpoint' | 'step'>

export interface StyleResult {
  /** [1, C, H, W] in 0..1. */
  readonly picture: FloatTensor
  readonly facts: Readonly<Record<string, number>>
}

/** Standard deviation of the noise that a picture may begin as, around mid-gray. */
const noise = 0.15
/** Larger states of an optimiser are not kept: a run that is resumed begins to learn the loss's shape anew. */
const mostKeptBytes = 512 * 2 ** 20

/** Where the optimiser stands. */
interface State { readonly x: Float32Array; readonly height: number; readonly width: number }
interface Notes { readonly height: number; readonly width: number; readonly learnt: string }

export async function transferStyle(context: Context, initial: OptimiseStyle): Promise<StyleResult> {
  const { signal, runtime, network, display, checkpoint } = context
  const source = new BackboneSource(network, display)
  const place: Surroundings = { runtime, source, target: runtime.loweringOf((await runtime.device()).inUse), signal }
  let settings = initial
  let done = checkpoint?.step ?? 0
  let opened: { readonly key: string; readonly scale: Scale; readonly regions: Regions } | undefined
  let state: State | undefined = checkpoint && stateIn(checkpoint)
  let optimiser: { readonly key: string; readonly of: PictureOptimiser } | undefined
  let facts: Record<string, number> = {}
  try {
    for (let stage = stageAfter(settings.stages, done); stage; stage = stageAfter(settings.stages, done)) {
      throwIfCancelled(signal)
      const layers = layersIn(network, settings)
      const key = `${stage.size} ${structureKey(settings, layers)}`
      if (opened?.key !== key) {
        await opened?.scale.evaluator.dispose()
        opened = undefined
        const content = await context.picture(settings.content)
        const regions = await openRegions(settings.styles.map(({ mask }) => mask), content)
        opened = { key, regions, scale: await unlessCancelled(openScale({ settings, layers, size: stage.size, regions, content, picture: context.picture }, place), signal) }
      }
      const { scale, regions } = opened
      const { extent } = scale
      if (!state) state = { ...extent, x: await beginning(context, settings, scale, source) }
      if (state.height !== extent.height || state.width !== extent.width)
        state = { ...extent, x: resizePlanes({ dims: [1, source.channels, state.height, state.width], data: state.x }, extent.height, extent.width) }
      const weights = weightsOf(settings, layers, regions.regionOfStyle, regions.shares)
      const learnt = JSON.stringify([key, settings.optimiser, settings.rate ?? null, weights])
      if (optimiser?.key !== learnt) optimiser = { key: learnt, of: openOptimiser(settings, scale.budget.history, optimiser ? undefined : checkpoint, learnt) }

      const evaluation = await scale.evaluator.evaluate(state.x, weights, signal)
      if (!Number.isFinite(evaluation.loss)) throw new AppError('run-failed', `The loss is no number at step ${done + 1}: the steps are too long, or a layer gives numbers that cannot be told apart. Choose a lower rate, Adam in place of L-BFGS, or other layers.`)
      optimiser.of.step(state.x, evaluation.gradient)
      done++
      facts = {
        loss: evaluation.loss, styleLoss: partOf(evaluation.style.flat(), weights.style.flat()), contentLoss: partOf(evaluation.content, weights.content), smoothnessLoss: evaluation.variation * weights.smoothness,
        width: extent.width, height: extent.height, tiles: scale.tiles, ...(settings.optimiser === 'lbfgs' ? { remembered: scale.budget.history } : {}),
      }
      const [at, now] = [state, optimiser]
      const shown = async (): Promise<FloatTensor> => pictureOf(now.of.picture(at.x), settings, scale, source)
      settings = await context.step({
        step: done, steps: totalSteps(settings.stages), share: shareOfWork(settings.stages, done), label: labelOf(settings, stage.index, scale), value: evaluation.loss, facts,
        preview: async () => [{ name: 'picture', picture: await shown() }],
        capture: () => captured(at, now.of, learnt),
      })
    }
    if (!opened || !state || !optimiser) {
      // A run that was resumed behind its last step.
      const size = settings.stages.at(-1)?.size ?? 256
      const content = await context.picture(settings.content)
      const original = pictureAt(content, extentAt(content, size), source)
      state ??= { ...original, x: original.data }
      const ended = openOptimiser(settings, 1, checkpoint, (checkpoint?.notes as Notes | undefined)?.learnt ?? '')
      return { picture: await colored(ended.picture(state.x), settings, original, source), facts }
    }
    return { picture: await pictureOf(optimiser.of.picture(state.x), settings, opened.scale, source), facts }
  } finally {
    const closing = opened?.scale.evaluator.dispose()
    // A step that goes on in its worker is not waited for when nobody wants its result.
    if (signal.aborted) closing?.catch(() => undefined)
    else await closing
  }
}

/** Opening sessions takes seconds for large networks; one that is opened after all is closed at once. */
async function unlessCancelled(opening: Promise<Scale>, signal: AbortSignal): Promise<Scale> {
  let listener: (() => void) | undefined
  const cancelled = new Promise<never>((_, reject) => {
    listener = () => { reject(new AppError('cancelled', 'Cancelled.')) }
    signal.addEventListener('abort', listener, { once: true })
  })
  try {
    return await Promise.race([opening, cancelled])
  } catch (error) {
    opening.then(({ evaluator }) => evaluator.dispose()).catch(() => undefined)
    throw error
  } finally {
    if (listener) signal.removeEventListener('abort', listener)
  }
}

const partOf = (values: readonly number[], weights: readonly number[]): number => values.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)

function labelOf({ stages }: OptimiseStyle, index: number, { extent, tiles }: Scale): string {
  const scale = stages.length > 1 ? `Scale ${index + 1} of ${stages.length}, ` : ''
  return `${scale}${extent.width} × ${extent.height}${tiles > 1 ? ` in ${tiles} tiles` : ''}`
}

async function beginning({ seed, picture }: Context, settings: OptimiseStyle, { content, extent }: Scale, source: BackboneSource): Promise<Float32Array> {
  if (settings.initial === 'content') return content.data.slice()
  if (settings.initial === 'noise') {
    const random = createRandom(streamSeed(seed, 1))
    return Float32Array.from({ length: content.data.length }, () => random.normal(0.5, noise))
  }
  if (!settings.initialPicture) throw new AppError('option-invalid', 'The picture to begin with is missing: choose one, or begin with the content or with noise.')
  return pictureAt(await picture(settings.initialPicture), extent, source).data
}

function openOptimiser({ optimiser, rate }: OptimiseStyle, history: number, checkpoint: Context['checkpoint'], learnt: string): PictureOptimiser {
  const made = optimiser === 'lbfgs' ? new Lbfgs({ rate, history }) : new AveragedAdam({ rate })
  if (checkpoint && (checkpoint.notes as Notes).learnt === learnt)
    made.restore(Object.fromEntries([...checkpoint.tensors].flatMap(([name, { data }]) => (name.startsWith(statePrefix) ? [[name.slice(statePrefix.length), (data as Float32Array).slice()]] : []))))
  return made
}

const statePrefix = 'optimiser/'

function captured({ x, height, width }: State, optimiser: PictureOptimiser, learnt: string) {
  const vectors = Object.entries(optimiser.state)
  const kept = vectors.reduce((sum, [, { byteLength }]) => sum + byteLength, 0) <= mostKeptBytes
  const tensor = (data: Float32Array): NamedTensor => ({ dims: [data.length], data: data.slice() })
  return {
    tensors: new Map<string, NamedTensor>([['x', tensor(x)], ...(kept ? vectors.map(([name, data]): [string, NamedTensor] => [statePrefix + name, tensor(data)]) : [])]),
    notes: { height, width, learnt: kept ? learnt : '' } satisfies Notes,
  }
}

function stateIn({ tensors, notes }: NonNullable<Context['checkpoint']>): State | undefined {
  const x = tensors.get('x')
  const { height, width } = notes as Notes
  return x && { height, width, x: (x.data as Float32Array).slice() }
}

const pictureOf = (x: Float32Array, settings: OptimiseStyle, { original }: Scale, source: BackboneSource): Promise<FloatTensor> => colored(x, settings, original, source)

async function colored(x: Float32Array, { color }: OptimiseStyle, original: Scale['original'], { channels }: BackboneSource): Promise<FloatTensor> {
  const dims = [1, channels, original.height, original.width]
  if (color !== 'luminance' || channels !== 3) return floatTensor(dims, x.map((value) => Math.min(1, Math.max(0, value))))
  return floatTensor(dims, await withColorsOf({ dims, data: x }, { dims, data: original.data }))
}
