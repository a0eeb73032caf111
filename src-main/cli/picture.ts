/** A picture file for a command: decoded, and made ready for a network by its preprocessing record. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PreprocessingRecord } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import { decodePicture } from '#engine/images/decode.ts'
import type { DecodedPicture } from '#engine/images/decode.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import type { PreparedPicture } from '#engine/preprocessing/prepare.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { dataFolder } from './locations.ts'
import { textOption } from './parse.ts'

export interface CliPicture extends PreparedPicture {
  readonly decoded: DecodedPicture
  readonly bytes: Uint8Array
  readonly record: PreprocessingRecord
}

/** @throws AppError 'file-missing', 'picture-unreadable', 'preprocessing-invalid' */
export async function openPicture(network: Network, modelPath: string, file: string, options: Readonly<Record<string, unknown>>): Promise<CliPicture> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError('file-missing', `The picture ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
  const decoded = await decodePicture(bytes, basename(file))
  const requested = textOption(options, 'preprocess')
  const record = await chooseRecord(network, {
    place: { sha256: network.id, path: modelPath, dataFolder: dataFolder() }, picture: decoded, ...(requested === undefined ? {} : { requested }),
  })
  if (!record) throw new AppError('preprocessing-invalid', `${basename(modelPath)} has no picture input. Its inputs are ${network.inputs.map(({ name, dims }) => `'${name}' [${dims.join(', ')}]`).join(', ')}: give .npy files.`)
  return { ...preparePicture(network, record.preprocessing, decoded), decoded, bytes, record }
}

/** The raw input tensor of a picture, for commands that feed tensors. */
export async function pictureFeeds(runtime: Runtime, modelPath: string, file: string, options: Readonly<Record<string, unknown>>): Promise<Pick<CliPicture, 'inputs' | 'record'>> {
  const network = await openNetwork(modelPath, { runtime })
  try {
    const { inputs, record } = await openPicture(network, modelPath, file, options)
    return { inputs, record }
  } finally {
    await network.dispose()
  }
}
