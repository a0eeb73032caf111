/** An ONNX model from its file. */
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { AppError, isAppError } from '#contract/errors.ts'
import { readFully, withExternalData } from './external-data.ts'
import type { Model } from './model.ts'
import { decodeModel } from './proto/model.ts'
import { describeForeignFile } from './recognise.ts'
import { validatedModel } from './validate.ts'

/** protobuf's own limit on one message. */
const maximumFileBytes = 2 ** 31 - 1
/** Enough to recognise every format that `recognise.ts` knows. */
const headBytes = 4096

/**
 * A model from the bytes of an .onnx file, checked and in topological order. Weights are views into `bytes`, which must not change afterwards.
 * Tensors whose data lies in other files keep `external` and no bytes; `loadModel` fetches them.
 */
export function readModel(bytes: Uint8Array): Model {
  const foreign = describeForeignFile(bytes.subarray(0, headBytes))
  if (foreign) throw new AppError('model-unreadable', foreign)
  // A Buffer's views would be Buffers, which are not equal to arrays of the same bytes.
  return validatedModel(decodeModel(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
}

/** A model with all of its weights. Errors begin with the file's path. */
export async function loadModel(path: string): Promise<Model> {
  try {
    return await withExternalData(readModel(await fileBytes(path)), path)
  } catch (error) {
    if (isAppError(error)) throw new AppError(error.code, `${path}: ${oneLine(error.message)}`, { data: { path, ...error.data }, cause: error })
    throw fileError(path, error)
  }
}

/** Names out of the file may hold anything, line breaks and novels included. */
function oneLine(message: string): string {
  const line = message.replace(/[\s\p{Cc}]+/gu, ' ')
  return line.length > 600 ? `${line.slice(0, 300)} ... ${line.slice(-250)}` : line
}

async function fileBytes(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const stat = await handle.stat()
    if (stat.isDirectory()) throw new AppError('file-unreadable', 'This is a folder, not an ONNX model; name the .onnx file in it.')
    if (!stat.isFile()) throw new AppError('file-unreadable', 'This is a device or a pipe, not an ONNX model.')
    const foreign = describeForeignFile(await readFully(handle, 0, Math.min(headBytes, stat.size)))
    if (foreign) throw new AppError('model-unreadable', foreign)
    if (stat.size > maximumFileBytes) throw new AppError('model-unsupported', `It has ${stat.size} bytes; an ONNX file holds at most ${maximumFileBytes}. Save the model with external data.`)
    return await readFully(handle, 0, stat.size)
  } finally {
    await handle?.close()
  }
}

const causes: Readonly<Record<string, readonly ['file-missing' | 'file-unreadable', string]>> = {
  ENOENT: ['file-missing', 'There is no such file.'],
  ENOTDIR: ['file-missing', 'There is no such file: a part of the path is not a folder.'],
  EACCES: ['file-unreadable', 'You have no permission to read this file.'],
  EPERM: ['file-unreadable', 'You have no permission to read this file.'],
  ENAMETOOLONG: ['file-unreadable', 'The path is too long for this file system.'],
  ELOOP: ['file-unreadable', 'The path is a link that leads back to itself.'],
}

function fileError(path: string, error: unknown): unknown {
  const known = error instanceof Error && 'code' in error && typeof error.code === 'string' ? (causes[error.code] ?? (['file-unreadable', `It cannot be read (${error.code}).`] as const)) : undefined
  return known ? new AppError(known[0], `${path}: ${known[1]}`, { data: { path }, cause: error }) : error
}
