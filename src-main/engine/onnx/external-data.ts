/** Tensor data in files beside the model (TensorProto.external_data). A model may name only files inside its own folder. */
import type { FileHandle } from 'node:fs/promises'
import { open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { AppError, isAppError } from '#contract/errors.ts'
import { tensorsOf, withTensors } from './map-tensors.ts'
import type { ExternalLocation, Model, Tensor } from './model.ts'
import { byteLengthOf } from './validate.ts'

/** The model with all of its external data in memory, and no tensor marked external any more. */
export async function withExternalData(model: Model, modelPath: string): Promise<Model> {
  const tensors = tensorsOf(model).filter(([, tensor]) => tensor.external)
  if (tensors.length === 0) return model
  const folders = [await realpath(dirname(modelPath)), dirname(await realpath(modelPath))]
  const files = new Map<string, { readonly handle: FileHandle; readonly size: number }>()
  const loaded = new Map<Tensor, Tensor>()
  try {
    for (const [name, tensor] of tensors) {
      const location = tensor.external as ExternalLocation
      const file = files.get(location.location) ?? (await openExternal(location.location, folders))
      files.set(location.location, file)
      const { external: _, ...rest } = tensor
      loaded.set(tensor, { ...rest, bytes: await readRange(file, tensor, location, name) })
    }
  } finally {
    await Promise.all([...files.values()].map(({ handle }) => handle.close()))
  }
  const swap = (tensor: Tensor): Tensor => loaded.get(tensor) ?? tensor
  return withTensors(model, swap)
}

/** `folders`: the folder that the model was opened in, and the one that it really lies in where it was opened through a link. */
async function openExternal(location: string, folders: readonly string[]): Promise<{ handle: FileHandle; size: number }> {
  const [folder = '.'] = folders
  const path = resolve(folder, location)
  if (location === '' || isAbsolute(location) || /^[a-z]:/i.test(location) || !isInside(path, [folder]))
    throw new AppError('model-invalid', `Its weights are said to lie in '${location}', outside the model's own folder; that is not followed. Put the file beside the model, under a relative name.`)
  try {
    const real = await realpath(path)
    if (!isInside(real, folders))
      throw new AppError('model-invalid', `Its weights file '${location}' is a link to '${real}', outside the model's own folder; that is not followed. Copy the file itself beside the model.`)
    const handle = await open(real)
    const stat = await handle.stat()
    if (stat.isFile()) return { handle, size: stat.size }
    await handle.close()
    throw new AppError('external-data-missing', `Its weights are said to lie in '${location}', which is not a file.`)
  } catch (error) {
    if (isAppError(error)) throw error
    throw new AppError('external-data-missing', `Its weights lie in a second file, '${location}', which is not in the model's folder (${folder}). Put it there, under that name: the two belong together.`, { cause: error, data: { location } })
  }
}

const isInside = (path: string, folders: readonly string[]): boolean => folders.some((folder) => {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
})

async function readRange(file: { readonly handle: FileHandle; readonly size: number }, tensor: Tensor, location: ExternalLocation, name: string): Promise<Uint8Array> {
  const expected = byteLengthOf(tensor)
  const { offset = 0, length = expected } = location
  if (tensor.dataType === 'string' || !Number.isSafeInteger(offset) || offset < 0 || length !== expected)
    throw new AppError('model-invalid', `Tensor '${name}' (${tensor.dataType}, shape [${tensor.dims.join(', ')}]) needs ${expected} bytes, but names ${location.length ?? 'all'} bytes at ${location.offset ?? 0} of '${location.location}'.`)
  if (offset + length > file.size)
    throw new AppError('external-data-missing', `'${location.location}' is too short: tensor '${name}' lies at bytes ${offset} to ${offset + length}, the file has ${file.size}. It is truncated or belongs to another model.`)
  return readFully(file.handle, offset, length)
}

/** One read call yields at most 2 GiB. */
const readLimit = 2 ** 30

/** Exactly `length` bytes from `offset`, in an array of their own. */
export async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let position = 0
  while (position < length) {
    const { bytesRead } = await handle.read(bytes, position, Math.min(readLimit, length - position), offset + position)
    if (bytesRead === 0) throw new AppError('file-unreadable', 'The file became shorter while it was being read.')
    position += bytesRead
  }
  return bytes
}
