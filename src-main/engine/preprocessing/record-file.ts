/** Where the user's word on a model's preprocessing is kept: beside the model, or in the data folder where that cannot be written. */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError, isAppError } from '#contract/errors.ts'
import { Preprocessing } from '#contract/preprocessing.ts'
import { writeFileAtomically } from '../lib/write-file.ts'

const RecordFile = z.object({
  format: z.literal('phosphene-preprocessing'),
  version: z.literal(1),
  /** SHA-256 of the model it was made for. */
  model: z.string(),
  preprocessing: Preprocessing,
})

export interface ModelPlace {
  /** SHA-256 of the model file. */
  readonly sha256: string
  /** Path of the model where it is the user's own file; absent for uploads, samples and downloads. */
  readonly path?: string
  readonly dataFolder: string
}

/** `net.onnx` -> `net.phosphene.json`. */
export const recordFileBeside = (modelPath: string): string => `${modelPath.replace(/\.onnx$/i, '')}.phosphene.json`
const recordFileInData = ({ dataFolder, sha256 }: ModelPlace): string => join(dataFolder, 'preprocessing', `${sha256}.json`)

/** The saved record, wherever it is; undefined where there is none. Throws 'preprocessing-invalid' for a file that is not one. */
export async function loadRecordFile(place: ModelPlace): Promise<Preprocessing | undefined> {
  const paths = [...(place.path === undefined ? [] : [recordFileBeside(place.path)]), recordFileInData(place)]
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return parseRecordFile(text, path)
  }
  return undefined
}

/** A record as this application writes it, or a bare `Preprocessing` object. `path` is how errors call it. */
export function parseRecordFile(text: string, path: string): Preprocessing {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AppError('preprocessing-invalid', `${path} is not JSON: ${(error as Error).message}. Correct or remove it.`, { cause: error })
  }
  const record = RecordFile.safeParse(value)
  if (record.success) return checked(record.data.preprocessing, path)
  const bare = Preprocessing.safeParse(value)
  if (bare.success) return checked(bare.data, path)
  const isRecord = typeof value === 'object' && value !== null && 'preprocessing' in value
  const [issue] = (isRecord ? record.error : bare.error).issues
  throw new AppError('preprocessing-invalid', `${path} is not a preprocessing record: ${issue?.path.map(String).join('.') || 'it'}: ${issue?.message ?? 'not understood'}. Correct or remove it.`)
}

function checked(preprocessing: Preprocessing, path: string): Preprocessing {
  const channels = preprocessing.channels === 'GRAY' ? 1 : 3
  for (const key of ['mean', 'std'] as const) {
    if (preprocessing[key].length !== channels) throw new AppError('preprocessing-invalid', `${path}: ${key} has ${preprocessing[key].length} numbers where ${preprocessing.channels} takes ${channels}.`)
  }
  if (preprocessing.std.some((value) => value === 0 || !Number.isFinite(value))) throw new AppError('preprocessing-invalid', `${path}: std must not be zero.`)
  return preprocessing
}

/** Returns the path that it was written to. */
export async function saveRecordFile(place: ModelPlace, preprocessing: Preprocessing): Promise<string> {
  const content = RecordFile.parse({ format: 'phosphene-preprocessing', version: 1, model: place.sha256, preprocessing: checked(preprocessing, 'The record') })
  const bytes = new TextEncoder().encode(`${JSON.stringify(content, null, 2)}\n`)
  if (place.path !== undefined) {
    const beside = recordFileBeside(place.path)
    try {
      await writeFileAtomically(beside, [bytes])
      return beside
    } catch (error) {
      if (!isAppError(error)) throw error
    }
  }
  const path = recordFileInData(place)
  await mkdir(dirname(path), { recursive: true }).catch(() => undefined)
  await writeFileAtomically(path, [bytes])
  return path
}
