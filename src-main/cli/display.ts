/** How a model wants its pictures, where no picture is at hand: known, asked for, or guessed from the application's own pictures. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PreprocessingRecord } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import { decodePicture } from '#engine/images/decode.ts'
import type { Network } from '#engine/network/network.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { guessRecord } from '#engine/preprocessing/resolve.ts'
import { dataFolder, resourcesFolder } from './locations.ts'
import { textOption } from './parse.ts'

const guessedFrom = 4

/** Throws 'preprocessing-invalid' for a model that takes no picture. */
export async function recordOf(network: Network, modelPath: string, options: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<PreprocessingRecord> {
  const requested = textOption(options, 'preprocess')
  const known = await chooseRecord(network, { place: { sha256: network.id, path: modelPath, dataFolder: dataFolder() }, ...(requested === undefined ? {} : { requested }) })
  if (!known) throw new AppError('preprocessing-invalid', `${network.summary.name} takes no picture. Its inputs are ${network.inputs.map(({ name, dims }) => `'${name}' [${dims.join(', ')}]`).join(', ')}.`)
  if (known.source !== 'guessed') return known
  const folder = join(resourcesFolder, 'pictures')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.png')).slice(0, guessedFrom)
  return guessRecord(network, await Promise.all(files.map(async (name) => decodePicture(await readFile(join(folder, name)), name))), { signal })
}
