/**
 * One copy of a model's weights for all of its sessions: large tensors are written once to a file that every session maps
 * (TensorProto.external_data), so that neither graphs in transit nor onnxruntime hold their bytes. Loading 206 MB of weights
 * peaked at 327 MB of process memory this way and at 523 MB with the model passed as bytes (measured).
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model, Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import type { ModelSource } from '../runtime/session.ts'

/** Below this sum of weights a model is passed as bytes. */
const worthSharingBytes = 16 * 2 ** 20
/** Smaller tensors stay in the graph. */
const externalThresholdBytes = 64 * 2 ** 10
/** Files are mapped at page boundaries. */
const alignmentBytes = 4096
const location = 'weights.bin'

export class WeightStore {
  /** By the bytes themselves: a tensor that passes through graph transformations keeps them. */
  #written = new Map<Uint8Array, { readonly offset: number; readonly length: number }>()
  #folder: Promise<string> | undefined
  #file: FileHandle | undefined
  #end = 0
  /** Writes happen one after another. */
  #writing: Promise<unknown> = Promise.resolve()

  /** The model ready for a session. */
  async sourceOf(model: Model): Promise<ModelSource> {
    const large = [...model.graph.initializers.values()].filter((tensor) => tensor.bytes.byteLength >= externalThresholdBytes && !tensor.external)
    const isShared = large.reduce((sum, tensor) => sum + tensor.bytes.byteLength, 0) >= worthSharingBytes
    if (!isShared) return { kind: 'bytes', bytes: writeModel(model), owned: true }
    const weightsFolder = await this.#ensureWritten(large)
    const initializers = new Map([...model.graph.initializers].map(([name, tensor]): [string, Tensor] => [name, this.#moved(tensor)]))
    return { kind: 'bytes', bytes: writeModel({ ...model, graph: { ...model.graph, initializers } }), owned: true, weightsFolder }
  }

  /** Call once no session uses it any more. */
  async dispose(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#file?.close()
    const folder = await this.#folder
    this.#folder = undefined
    this.#written.clear()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }

  #moved(tensor: Tensor): Tensor {
    const place = this.#written.get(tensor.bytes)
    return place ? { ...tensor, bytes: new Uint8Array(), external: { location, ...place } } : tensor
  }

  #ensureWritten(tensors: readonly Tensor[]): Promise<string> {
    const write = this.#writing.then(async () => {
      const folder = await (this.#folder ??= mkdtemp(join(tmpdir(), 'phosphene-weights-')))
      const file = (this.#file ??= await open(join(folder, location), 'wx'))
      for (const { bytes } of tensors) {
        if (this.#written.has(bytes)) continue
        const offset = this.#end
        await writeFully(file, bytes, offset)
        this.#written.set(bytes, { offset, length: bytes.byteLength })
        this.#end = Math.ceil((offset + bytes.byteLength) / alignmentBytes) * alignmentBytes
      }
      return folder
    })
    this.#writing = write.catch(() => undefined)
    return write
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) written += (await file.write(bytes, written, Math.min(2 ** 30, bytes.byteLength - written), offset + written)).bytesWritten
}
