/** An ONNX model to its file. */
import { basename } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { writeFileAtomically } from '#engine/lib/write-file.ts'
import type { Graph, Model, Tensor } from './model.ts'
import { encodeModel } from './proto/model.ts'
import { joined } from './proto/message-reader.ts'

const maximumFileBytes = 2 ** 31 - 1
/** Smaller tensors (shapes, scalars) stay in the model file, where shape inference needs them. */
const externalThresholdBytes = 1024
/** Where tensors begin in the data file, so that runtimes can map it into memory. */
const externalAlignmentBytes = 4096

/** The model as the bytes of an .onnx file. */
export function writeModel(model: Model): Uint8Array {
  return joined(encodeModel(model))
}

/**
 * Writes `path`, and with `external` (forced where the model exceeds the 2 GB of one protobuf file) the weights to `path`.data beside it.
 * Each file is complete or absent, never half-written.
 */
export async function saveModel(model: Model, path: string, options: { readonly external?: boolean } = {}): Promise<void> {
  const unloaded = [...model.graph.initializers].find(([, tensor]) => tensor.external)
  if (unloaded) throw new AppError('model-invalid', `${path}: the data of initializer '${unloaded[0]}' lies in '${unloaded[1].external?.location}' and has not been loaded; the model cannot be saved elsewhere without it.`)
  const embedded = encodeModel(model)
  if (!options.external && byteLength(embedded) <= maximumFileBytes) return writeFileAtomically(path, embedded)
  const dataName = `${basename(path)}.data`
  const { graph, chunks } = withDataMoved(model.graph, dataName)
  const encoded = encodeModel({ ...model, graph })
  if (byteLength(encoded) > maximumFileBytes) throw new AppError('model-unsupported', `${path}: the model exceeds ${maximumFileBytes} bytes even without its initializers; ONNX cannot hold it.`)
  await writeFileAtomically(`${path}.data`, chunks)
  await writeFileAtomically(path, encoded)
}

function withDataMoved(graph: Graph, location: string): { graph: Graph; chunks: Uint8Array[] } {
  const chunks: Uint8Array[] = []
  const initializers = new Map<string, Tensor>()
  let offset = 0
  for (const [name, tensor] of graph.initializers) {
    const length = tensor.bytes.byteLength
    if (length < externalThresholdBytes) {
      initializers.set(name, tensor)
      continue
    }
    initializers.set(name, { ...tensor, bytes: new Uint8Array(), external: { location, offset, length } })
    const padding = -length & (externalAlignmentBytes - 1)
    chunks.push(tensor.bytes, new Uint8Array(padding))
    offset += length + padding
  }
  return { graph: { ...graph, initializers }, chunks }
}

const byteLength = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
