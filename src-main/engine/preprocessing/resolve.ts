/** A network's preprocessing record: saved, stated by the file, known from the catalogue, or guessed from a picture. */
import type { Normalization, Preprocessing, PreprocessingRecord } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import type { CatalogueModel } from '../catalogue/catalogue.ts'
import type { Pixels } from '../images/pixels.ts'
import type { Network } from '../network/network.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import { candidatesFor, findCandidate, tinyExtent } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { usualGeometry } from './fit.ts'
import type { Geometry } from './fit.ts'
import { normalizationFromMetadata } from './from-metadata.ts'
import { guessNormalization } from './guess.ts'
import type { RankedCandidate } from './guess.ts'
import { guessByRange } from './guess-by-range.ts'
import { float32OfHost, zerosFor } from './host-values.ts'
import { describeTask } from './model-task.ts'
import type { ModelTask } from './model-task.ts'
import { readPreprocessingMetadata } from './own-metadata.ts'
import { loadRecordFile } from './record-file.ts'
import type { ModelPlace } from './record-file.ts'
import type { PictureInput } from './picture-input.ts'

export interface ResolveSources {
  readonly place?: ModelPlace
  readonly catalogue?: CatalogueModel | undefined
}

export interface GuessControls {
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number, note: string) => void
}

/** A guess below that names its rival as well. */
const sureEnough = 0.7

/**
 * What is known without a picture. A record that still has to be guessed says `source: 'guessed'` and has no candidates yet.
 * Undefined for models without a picture input.
 */
export async function initialRecord(network: Network, { place, catalogue }: ResolveSources): Promise<PreprocessingRecord | undefined> {
  const task = describeTask(network)
  if (!task.input) return undefined
  const saved = place && await loadRecordFile(place)
  if (saved) return settled(fitted(saved, task.input), 'saved', 'Confirmed earlier.')
  const own = readPreprocessingMetadata(network.original.metadata)
  if (own) return settled(fitted(own, task.input), 'metadata', 'Written into the model by Phosphene.')
  const base = basePreprocessing(task, task.input)
  const listed = catalogue?.preprocessing
  if (listed) return settled({ ...base, ...listed, invert: listed.invert ?? base.invert }, 'catalogue', `Known from the catalogue: ${catalogue.title}.`)
  const stated = normalizationFromMetadata(network.original.metadata, task.input.channels)
  if (stated) return settled({ ...base, ...stated.normalization }, 'metadata', `Read from ${stated.origin}.`)
  if (task.input.dataType === 'uint8') return settled({ ...base, ...rawBytes(task.input) }, 'metadata', 'The input takes bytes.')
  return { preprocessing: base, source: 'guessed', confirmed: false, note: 'Not known yet: guessed from the first picture.', candidates: [] }
}

/** Tries the usual recipes on pictures. Throws 'preprocessing-invalid' for a model without a picture input. */
export async function guessRecord(network: Network, pictures: readonly Pixels[], controls: GuessControls = {}): Promise<PreprocessingRecord> {
  const task = describeTask(network)
  const { input } = task
  if (!input) throw new AppError('preprocessing-invalid', `${network.summary.name} has no picture input: there is nothing to guess.`)
  const base = basePreprocessing(task, input)
  const ask = async (tensor: HostTensor, value: string): Promise<HostTensor> => {
    const results = await network.forward({ ...otherInputs(network, input), [input.name]: tensor }, [value], controls.signal ? { signal: controls.signal } : {})
    return results[value]!
  }
  if (task.task === 'classifier' && task.logits !== undefined && task.classes > 1) {
    const { logits } = task
    const ranked = await guessNormalization({ macs: network.summary.macs, input, geometry: base, invert: base.invert, pictures, predict: async (tensor) => float32OfHost(await ask(tensor, logits)), ...controls })
    const [best, next] = ranked
    const share = ({ candidate, score }: RankedCandidate): string => `“${candidate.title}” ${Math.round(score * 100)} %`
    const doubt = next && best!.score < sureEnough ? ` Next is ${share(next)}: look at the answers with either.` : ''
    const candidates = ranked.map(({ candidate, score }) => ({ id: candidate.id, title: candidate.title, score, normalization: candidate.normalization }))
    return {
      preprocessing: { ...base, ...best!.candidate.normalization }, source: 'guessed', confirmed: false, candidates,
      note: `Guessed: of ${ranked.length} usual ways to prepare a picture, “${best!.candidate.title}” fits best (${Math.round(best!.score * 100)} % sure).${doubt}`,
    }
  }
  const answer = task.task === 'image-to-image' ? task.output : undefined
  const chosen = answer === undefined ? firstOf(input) : await guessByRange({ input, geometry: base, picture: pictures[0]!, predict: (tensor) => ask(tensor, answer) })
  return {
    preprocessing: { ...base, ...chosen.normalization }, source: 'guessed', confirmed: false,
    note: answer === undefined ? `Assumed: “${chosen.title}”. The model does not classify, so its answers do not tell.` : `Guessed: it answers in the range of “${chosen.title}”.`,
    candidates: candidatesFor(input.channels, Math.max(input.height, input.width)).map((candidate) => ({ id: candidate.id, title: candidate.title, score: candidate === chosen ? 1 : 0, normalization: candidate.normalization })),
  }
}

/** The record for a recipe that was named ('imagenet', 'caffe', ...). Throws 'option-invalid' for an unknown one. */
export function namedRecord(network: Network, name: string): PreprocessingRecord {
  const task = describeTask(network)
  if (!task.input) throw new AppError('preprocessing-invalid', `${network.summary.name} has no picture input: it takes no preprocessing.`)
  const candidate = findCandidate(name, task.input.channels)
  if (!candidate) throw new AppError('option-invalid', `There is no preprocessing recipe '${name}'. There are: ${candidatesFor(task.input.channels, 1).map(({ id }) => id).join(', ')}; or give a .json file.`)
  if ((candidate.normalization.channels === 'GRAY') !== (task.input.channels === 1))
    throw new AppError('option-invalid', `The recipe '${name}' is for ${task.input.channels === 1 ? 'color' : 'gray'} models, and this one takes ${task.input.channels === 1 ? 'gray' : 'color'} pictures.`)
  return settled({ ...basePreprocessing(task, task.input), ...candidate.normalization }, 'user', `Chosen: ${candidate.title}.`)
}

/** A record given by the user for this network: its extent and input are checked against the model. */
export function givenRecord(network: Network, preprocessing: Preprocessing): PreprocessingRecord {
  const { input } = describeTask(network)
  if (!input) throw new AppError('preprocessing-invalid', `${network.summary.name} has no picture input: it takes no preprocessing.`)
  return settled(fitted(preprocessing, input), 'user', 'Given by you.')
}

const settled = (preprocessing: Preprocessing, source: PreprocessingRecord['source'], note: string): PreprocessingRecord => ({ preprocessing, source, note, confirmed: true, candidates: [] })

/** Everything but the normalization follows from the model; the first usual one stands in for it. */
function basePreprocessing(task: ModelTask, input: PictureInput): Preprocessing {
  const geometry: Geometry = task.task === 'image-to-image' ? { height: input.height, width: input.width, fit: 'crop' } : usualGeometry(input.height, input.width, tinyExtent)
  const smallGrey = input.channels === 1 && Math.max(input.height, input.width) <= tinyExtent
  return {
    input: input.name, layout: input.layout, ...firstOf(input).normalization, invert: smallGrey && task.task !== 'image-to-image',
    ...geometry, labels: [...task.labels], output: task.holds, ...(task.output === undefined ? {} : { outputTensor: task.output }),
  }
}

const firstOf = ({ channels, height, width }: PictureInput): Candidate => candidatesFor(channels, Math.max(height, width))[0]!

const rawBytes = (input: PictureInput): Normalization => findCandidate('raw255', input.channels)!.normalization

/** A record made for this kind of model, with what only the opened file decides. Throws 'preprocessing-invalid' where they cannot go together. */
function fitted(preprocessing: Preprocessing, input: PictureInput): Preprocessing {
  if ((preprocessing.channels === 'GRAY') !== (input.channels === 1))
    throw new AppError('preprocessing-invalid', `The preprocessing record is for ${preprocessing.channels} pictures; the input '${input.name}' takes ${input.channels} channel${input.channels === 1 ? '' : 's'}.`)
  return { ...preprocessing, input: input.name, layout: input.layout, height: input.height, width: input.width }
}

/** Inputs beside the picture: zeros. */
export function otherInputs(network: Pick<Network, 'inputs'>, picture: Pick<PictureInput, 'name'>): Record<string, HostTensor> {
  return Object.fromEntries(network.inputs.filter(({ name }) => name !== picture.name).map((input) => [input.name, zerosFor(input)]))
}
