/**
 * Retraining with a fooling class (Nguyen et al. 2014, section 3.8): a network is trained, fooled by evolution, trained anew with what fooled it as
 * one more class, and fooled again; how sure the bred pictures make it, round by round.
 */
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { loadDataset } from '../datasets/load-dataset.ts'
import { joinBytes } from '../datasets/join-bytes.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { streamSeed } from '../lib/random.ts'
import { openNetwork } from '../network/open-network.ts'
import { initialRecord } from '../preprocessing/resolve.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { changedRecipe } from '../training/recipe.ts'
import { RunFolder } from '../training/run-folder.ts'
import { TrainingRun } from '../training/run.ts'
import { encodings } from './evolution/encodings.ts'
import { Evolution } from './evolution/map-elites.ts'
import { quantile } from './evolution/archive.ts'
import { keepPolarity } from './polarity.ts'
import { Probe } from './probe.ts'

export const foolingLabel = 'fooling'

export interface RetrainOptions {
  readonly runtime: Runtime
  /** Its net is written for the classes of its data; the rounds after the first get one output more. */
  readonly recipe: Recipe
  /** Of a round's training: model, checkpoints, curves. */
  readonly folderOf: (round: number) => string
  readonly rounds: number
  readonly encoding: 'cppn' | 'direct'
  readonly generations: number
  readonly population: number
  /** Archives bred per round from seeds of their own: each gives a picture a class to the fooling class. */
  readonly archives: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onNote: (note: string) => void
}

export interface RetrainRound {
  readonly round: number
  /** Of validation, of the true classes and the fooling class together. */
  readonly score: number
  /** Pictures that it learned as the fooling class. */
  readonly learned: number
  /** Of the first archive, over the true classes. */
  readonly median: number
  readonly confidences: readonly number[]
  readonly evaluations: number
  readonly model: string
}

/** Throws 'data-invalid' for data that are no pictures of classes, 'option-invalid' for a net whose outputs cannot be counted up. */
export async function retrainWithFooling(options: RetrainOptions): Promise<RetrainRound[]> {
  const { runtime, recipe, rounds, signal, onNote } = options
  const rounded: RetrainRound[] = []
  let learned: Uint8Array[] = []
  for (let round = 0; round < rounds; round++) {
    throwIfCancelled(signal)
    onNote(`Round ${round + 1} of ${rounds}: training${learned.length === 0 ? '' : ` with ${learned.length} fooling pictures`}`)
    const folder = new RunFolder(options.folderOf(round))
    const run = new TrainingRun({
      runtime, folder, recipe: learned.length === 0 ? recipe : changedRecipe(recipe, { net: withOneMore(recipe), sampler: 'balanced' }), load: async (source, controls) => withFoolingClass(await loadDataset(source, controls), learned),
    })
    const stop = (): void => run.stop()
    signal?.addEventListener('abort', stop, { once: true })
    await run.start()
    signal?.removeEventListener('abort', stop)
    throwIfCancelled(signal)
    const { summary, history } = run.detail()
    if (run.state === 'failed') throw new AppError('run-failed', summary.error ?? 'Training failed.')
    const model = `${folder.path}/model.onnx`
    onNote(`Round ${round + 1} of ${rounds}: breeding ${options.archives} archives`)
    const bred = await breed(options, model, learned.length > 0)
    rounded.push({ round: round + 1, score: history.find(({ epoch }) => epoch === summary.best?.epoch)?.validation.score ?? 0, learned: learned.length, median: quantile(bred.confidences, 0.5), confidences: bred.confidences, evaluations: bred.evaluations, model })
    onNote(`Round ${round + 1} of ${rounds}: median sureness of bred pictures ${(100 * quantile(bred.confidences, 0.5)).toFixed(2)} %`)
    learned = [...learned, ...bred.pictures]
  }
  return rounded
}

/** '20C5 MP2 256F 10' to '20C5 MP2 256F 11'. */
function withOneMore({ net }: Recipe): Recipe['net'] {
  const match = net.kind === 'notation' ? /^(.*\s)?(\d+)\s*$/.exec(net.text) : null
  if (net.kind !== 'notation' || !match) throw new AppError('option-invalid', 'A fooling class needs one output more: write the net as a notation that ends with its number of classes, such as \'20C5 MP2 50C5 MP2 256F 10\'.')
  return { ...net, text: `${match[1] ?? ''}${Number(match[2]) + 1}` }
}

/** Every fourth fooling picture tests what is learned from the others. The data's own classes keep their numbers. */
export function withFoolingClass(data: Dataset, pictures: readonly Uint8Array[]): Dataset {
  const { input, target } = data
  if (input.kind !== 'pictures' || target.kind !== 'classes') throw new AppError('data-invalid', `${data.name} holds no pictures of classes: there is nothing that evolution could fool.`)
  if (pictures.length === 0) return data
  const fooling = target.labels.length
  return {
    ...data, count: data.count + pictures.length,
    input: { ...input, pixels: joinBytes([input.pixels, ...pictures]) },
    target: { ...target, labels: [...target.labels, foolingLabel], classOf: Int32Array.from([...target.classOf, ...pictures.map(() => fooling)]) },
    ...(data.parts ? { parts: Uint8Array.from([...data.parts, ...pictures.map((_, index) => (index % 4 === 3 ? 1 : 0))]) } : {}),
    origin: (index) => (index < data.count ? data.origin(index) : `fooling picture ${index - data.count}`),
  }
}

/** The last class of a retrained model is the fooling class itself: nobody wants to be sure of that. */
async function breed({ runtime, encoding: id, generations, population, archives, seed, signal }: RetrainOptions, model: string, hasFooling: boolean): Promise<{ readonly confidences: number[]; readonly evaluations: number; readonly pictures: Uint8Array[] }> {
  const network = await openNetwork(model, { runtime })
  const preprocessing = (await initialRecord(network, {}))?.preprocessing
  if (!preprocessing) throw new AppError('preprocessing-invalid', `${model} takes no picture.`)
  const probe = new Probe(network, { preprocessing }, runtime, signal)
  const encoding = encodings[id]
  try {
    const [pictures, first]: [Uint8Array[], number[]] = [[], []]
    let evaluations = 0
    for (let archive = 0; archive < archives; archive++) {
      const batch = await network.batchFor(population, 64)
      const evolution = new Evolution({ probe, encoding, population, seed: streamSeed(seed, archive), batch, checkCancelled: () => { throwIfCancelled(signal) }, keepPolarity: (picture) => keepPolarity(probe, picture) })
      for (let generation = 0; generation < generations; generation++) await evolution.advance()
      evaluations += evolution.made
      const classes = hasFooling ? probe.classes - 1 : probe.classes
      if (archive === 0) first.push(...evolution.archive.confidences.slice(0, classes))
      for (let index = 0; index < classes; index++) {
        const genome = evolution.archive.eliteOf(index)?.genome
        if (genome !== undefined) pictures.push(interleaved(evolution.paint(genome), probe.extent.channels))
      }
    }
    return { confidences: first, evaluations, pictures }
  } finally {
    await probe.dispose()
    await network.dispose()
  }
}

/** [C, H, W] in 0..1 to [H, W, C] in 0..255. */
function interleaved(picture: Float32Array, channels: number): Uint8Array {
  const plane = picture.length / channels
  return Uint8Array.from({ length: picture.length }, (_, at) => Math.round(255 * (picture[(at % channels) * plane + Math.floor(at / channels)] ?? 0)))
}
