/** `--input`: .npy files as they are, pictures through the model's preprocessing record. */
import { readFile } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import { readNpy } from '#engine/lib/npy.ts'
import { unreadable } from '#engine/lib/write-file.ts'
import { networkInputs } from '#engine/network/input-sizes.ts'
import type { NetworkInput } from '#engine/network/network.ts'
import type { Model } from '#engine/onnx/model.ts'
import { numbersOf, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { zerosFor } from '#engine/preprocessing/host-values.ts'
import { hostTensorOf } from '#engine/runtime/host-tensor.ts'
import type { HostTensor, HostTensors } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { pictureFeed } from './picture.ts'

/** The tensors to feed by input name, and what the reader should know of how they were made. */
export async function readInputs(runtime: Runtime, model: Model, modelPath: string, options: Readonly<Record<string, unknown>>): Promise<{ feeds: HostTensors; notes: string[] }> {
  const inputs = networkInputs(model)
  const given = (options['input'] as readonly string[]).map((text) => assignmentOf(text, inputs))
  const feeds: Record<string, HostTensor> = {}
  const notes: string[] = []
  let pictures = 0
  for (const { name, file } of given) {
    const input = name === undefined ? inputs[0] : inputs.find((candidate) => candidate.name === name)
    if (!input) throw new AppError('usage', `The model has no input '${name ?? ''}'. Its inputs are ${inputs.map((candidate) => `'${candidate.name}'`).join(', ') || 'none'}.`)
    if (file.toLowerCase().endsWith('.npy')) feeds[input.name] = await readNpyInput(input, file)
    else {
      const { input: named, tensor, record } = await pictureFeed(runtime, modelPath, file, options, name)
      feeds[named] = tensor
      pictures++
      notes.push(`${file}: ${record.note}`)
    }
  }
  const unfed = inputs.filter((input) => !(input.name in feeds))
  if (pictures > 0) {
    for (const input of unfed) feeds[input.name] = zerosFor(input)
    if (unfed.length > 0) notes.push(`Fed with zeros: ${unfed.map((input) => `'${input.name}' [${input.dims.join(', ')}]`).join(', ')}; --input NAME=FILE.npy feeds them.`)
    return { feeds, notes }
  }
  if (unfed.length > 0) throw new AppError('input-required', `Also needed: ${unfed.map((input) => `--input ${input.name}=FILE.npy (${input.dataType} [${input.dims.join(', ')}])`).join(' ')}.`)
  return { feeds, notes }
}

export const inputDimsOf = (feeds: HostTensors): Record<string, readonly number[]> => Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensor.dims]))

/** NAME=FILE, where NAME is an input; otherwise all of it is a file's path. */
function assignmentOf(text: string, inputs: readonly NetworkInput[]): { name: string | undefined; file: string } {
  const input = inputs.find((candidate) => text.startsWith(`${candidate.name}=`))
  return input ? { name: input.name, file: text.slice(input.name.length + 1) } : { name: undefined, file: text }
}

/** float16 models compute in float32, so their inputs do too. */
const computedAs = (dataType: NetworkInput['dataType']): NetworkInput['dataType'] => (dataType === 'float16' || dataType === 'bfloat16' ? 'float32' : dataType)

async function readNpyInput(input: NetworkInput, file: string): Promise<HostTensor> {
  const bytes = await readFile(file).catch((error: unknown) => { throw unreadable(file, error) })
  const array = readNpy(bytes, file)
  if (array.dims.length !== input.dims.length)
    throw new AppError('shape-mismatch', `${file} has shape [${array.dims.join(', ')}]; the input '${input.name}' takes ${input.dims.length} axes, [${input.dims.join(', ')}].`)
  const dataType = computedAs(input.dataType)
  return hostTensorOf(array.dataType === dataType ? array : tensorOfNumbers(dataType, array.dims, numbersOf(array)))
}
