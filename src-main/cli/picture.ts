/** A picture file for a command: decoded, and made ready for a network by its preprocessing record. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Preprocessing, PreprocessingRecord } from '#contract/preprocessing.ts'
import { AppError, invariant } from '#contract/errors.ts'
import { decodePicture } from '#engine/images/decode.ts'
import type { DecodedPicture } from '#engine/images/decode.ts'
import { unreadable } from '#engine/lib/write-file.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { findPictureInput } from '#engine/preprocessing/picture-input.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import type { PreparedPicture } from '#engine/preprocessing/prepare.ts'
import type { HostTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { dataFolder } from './locations.ts'
import { textOption } from './parse.ts'

export interface CliPicture extends PreparedPicture {
  readonly decoded: DecodedPicture
  readonly bytes: Uint8Array
  readonly record: PreprocessingRecord
}

/** The same recipe for another picture input of the model. */
function forInput(network: Network, preprocessing: Preprocessing, name: string): Preprocessing {
  const input = findPictureInput(network.inputs.filter((candidate) => candidate.name === name))
  if (!input) throw new AppError('preprocessing-invalid', `The input '${name}' takes no picture: give ${name}=FILE.npy.`)
  return { ...preprocessing, input: name, layout: input.layout, height: input.height, width: input.width }
}

/** @throws AppError 'file-missing', 'picture-unreadable', 'preprocessing-invalid' */
export async function openPicture(network: Network, modelPath: string, file: string, options: Readonly<Record<string, unknown>>): Promise<CliPicture> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(`The picture ${file}`, cause)
  })
  const decoded = await decodePicture(bytes, basename(file))
  const requested = textOption(options, 'preprocess')
  const record = await chooseRecord(network, {
    place: { sha256: network.id, path: modelPath, dataFolder: dataFolder() }, picture: decoded, ...(requested === undefined ? {} : { requested }),
  })
  if (!record) throw new AppError('preprocessing-invalid', `${basename(modelPath)} has no picture input. Its inputs are ${network.inputs.map(({ name, dims }) => `'${name}' [${dims.join(', ')}]`).join(', ')}. \`phosphene run\` and \`grad\` take .npy files.`)
  return { ...preparePicture(network, record.preprocessing, decoded), decoded, bytes, record }
}

/** The raw input tensor of a picture, for commands that feed tensors: `name` is the input that it is meant for, where that was said. */
export async function pictureFeed(runtime: Runtime, modelPath: string, file: string, options: Readonly<Record<string, unknown>>, name?: string): Promise<{ input: string; tensor: HostTensor; record: PreprocessingRecord }> {
  const network = await openNetwork(modelPath, { runtime })
  try {
    const { inputs, record, decoded } = await openPicture(network, modelPath, file, options)
    const input = name ?? record.preprocessing.input
    const made = input === record.preprocessing.input ? inputs : preparePicture(network, forInput(network, record.preprocessing, input), decoded).inputs
    const tensor = made[input]
    invariant(tensor, `no tensor was made for the input '${input}'`)
    return { input, tensor, record }
  } finally {
    await network.dispose()
  }
}
