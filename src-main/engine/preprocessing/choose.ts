/** The record to use where nobody can be asked: the command line's `--preprocess`, else what is known, else a guess from the picture. */
import { readFile } from 'node:fs/promises'
import type { PreprocessingRecord } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import type { Pixels } from '../images/pixels.ts'
import type { Network } from '../network/network.ts'
import { parseRecordFile } from './record-file.ts'
import { givenRecord, guessRecord, initialRecord, namedRecord } from './resolve.ts'
import type { GuessControls, ResolveSources } from './resolve.ts'

export interface ChooseOptions extends ResolveSources, GuessControls {
  /** A recipe's name ('imagenet', 'caffe', ...) or the path of a .json file. */
  readonly requested?: string
  /** To guess from. */
  readonly picture?: Pixels
}

/** Undefined for models without a picture input. */
export async function chooseRecord(network: Network, options: ChooseOptions): Promise<PreprocessingRecord | undefined> {
  const { requested, picture } = options
  if (requested?.toLowerCase().endsWith('.json')) {
    const text = await readFile(requested, 'utf8').catch((cause: unknown) => {
      throw new AppError('file-missing', `The preprocessing record ${requested} cannot be read.`, { cause })
    })
    return givenRecord(network, parseRecordFile(text, requested))
  }
  if (requested !== undefined) return namedRecord(network, requested)
  const known = await initialRecord(network, options)
  if (known?.source !== 'guessed' || !picture) return known
  return guessRecord(network, [picture], options)
}
