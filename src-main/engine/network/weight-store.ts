/**
 * One copy of a model's weights for all of its sessions: large tensors are written once to a file that every session maps
 * (TensorProto.external_data), and that the model itself reads them back from, so that neither this process's heap nor a graph
 * in transit holds them. Loading 206 MB of dense weights peaked at 327 MB of process memory this way and at 523 MB with the
 * model passed as bytes (measured).
 */
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { tensorsOf, withTensors } from '../onnx/map-tensors.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import { isStandard } from '../onnx/model.ts'
import { elementCount, elementSize } from '../onnx/tensor-data.ts'
import { writeModel } from '../onnx/write.ts'
import type { ModelSource } from '../runtime/session.ts'
import { makeScratchFolder } from './scratch-folder.ts'

/** Below this sum of large tensors a model is passed as bytes. */
const worthSharingBytes = 16 * 2 ** 20
/** Smaller tensors stay in the graph. */
const externalThresholdBytes = 64 * 2 ** 10
/** Files are mapped at page boundaries. */
const alignmentBytes = 4096
/** One write or read call handles at most 2 GiB. */
const chunkBytes = 2 ** 30
/**
 * Dense layers behind a flattening see one row a picture: packing their weights brings no speed (VGG19, batch 1 and 4: equal
 * within 3 %), and doubles them in memory, once a direction (gradient session of VGG19: peak 2520 against 1760 MB).
 */
const unpackedGemmBytes = 64 * 2 ** 20
const location = 'weights.bin'

interface Place {
  readonly offset: number
  readonly length: number
}

export class WeightStore {
  /** By the bytes, or by the tensor that reads them from the file. */
  #places = new WeakMap<object, Place>()
  /** Tensors that differentiation computes (flipped kernels) come again with every backward graph: known by content. */
  #byContent = new Map<string, Place>()
  #folder: string | undefined
  #file: FileHandle | undefined
  #end = 0
  /** Writes happen one after another. */
  #writing: Promise<unknown> = Promise.resolve()

  /** Length of the file. */
  get bytes(): number {
    return this.#end
  }

  /**
   * The same model with its large tensors in the file, read from there whenever somebody asks for their bytes, and no view of
   * the bytes that it was read from. A small model is returned as it is.
   */
  async adopt(model: Model): Promise<Model> {
    if (sumOf(largeTensors(model)) < worthSharingBytes) return model
    await this.#ensureWritten(tensorsOf(model).map(([, tensor]) => tensor).filter(isLarge))
    return withTensors(model, (tensor) => this.#stored(tensor))
  }

  /** The model ready for a session. */
  async sourceOf(model: Model): Promise<ModelSource> {
    const large = largeTensors(model)
    if (sumOf(large) < worthSharingBytes) return { kind: 'bytes', bytes: writeModel(model), owned: true }
    const weightsFolder = await this.#ensureWritten(large)
    const initializers = new Map([...model.graph.initializers].map(([name, tensor]): [string, Tensor] => [name, this.#external(tensor)]))
    return { kind: 'bytes', bytes: writeModel({ ...model, graph: { ...model.graph, initializers } }), owned: true, weightsFolder, ...(gemmBytes(model) > unpackedGemmBytes ? { prepack: false } : {}) }
  }

  /** Call once no session uses it any more. Tensors that were adopted cannot be read afterwards. */
  async dispose(): Promise<void> {
    await this.#writing
    await this.#file?.close()
    this.#file = undefined
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  #placeOf(tensor: Tensor): Place | undefined {
    return this.#places.get(tensor) ?? (isStored(tensor) ? undefined : this.#places.get(tensor.bytes))
  }

  #external(tensor: Tensor): Tensor {
    const place = isLarge(tensor) ? this.#placeOf(tensor) : undefined
    return place ? { dataType: tensor.dataType, dims: tensor.dims, bytes: new Uint8Array(), external: { location, ...place } } : tensor
  }

  #stored(tensor: Tensor): Tensor {
    if (isStored(tensor) || tensor.external) return tensor
    const place = isLarge(tensor) ? this.#placeOf(tensor) : undefined
    if (!place) return tensor.bytes.byteLength < tensor.bytes.buffer.byteLength ? { ...tensor, bytes: tensor.bytes.slice() } : tensor
    let cached: WeakRef<Uint8Array> | undefined
    const read = (): Uint8Array => {
      const bytes = cached?.deref() ?? this.#read(place)
      cached = new WeakRef(bytes)
      return bytes
    }
    const stored: Tensor = { dataType: tensor.dataType, dims: tensor.dims, get bytes() { return read() } }
    storedTensors.add(stored)
    this.#places.set(stored, place)
    return stored
  }

  #read({ offset, length }: Place): Uint8Array {
    const file = this.#file
    if (!file) throw new AppError('bug', 'Internal error: weights were read after their network was closed. Please report it.')
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length;) done += readSync(file.fd, bytes, done, Math.min(chunkBytes, length - done), offset + done)
    return bytes
  }

  #ensureWritten(tensors: readonly Tensor[]): Promise<string> {
    const write = this.#writing.then(async () => {
      this.#folder ??= await makeScratchFolder('weights')
      this.#file ??= await open(join(this.#folder, location), 'wx+')
      for (const tensor of tensors) if (!this.#placeOf(tensor)) this.#places.set(tensor.bytes, await this.#write(this.#file, tensor.bytes))
      return this.#folder
    })
    this.#writing = write.catch(() => undefined)
    return write
  }

  async #write(file: FileHandle, bytes: Uint8Array): Promise<Place> {
    const content = createHash('sha256').update(bytes).digest('base64')
    const known = this.#byContent.get(content)
    if (known) return known
    const place = { offset: this.#end, length: bytes.byteLength }
    for (let done = 0; done < place.length;) done += (await file.write(bytes, done, Math.min(chunkBytes, place.length - done), place.offset + done)).bytesWritten
    this.#end = Math.ceil((place.offset + place.length) / alignmentBytes) * alignmentBytes
    this.#byContent.set(content, place)
    return place
  }
}

/** Tensors whose `bytes` read a file: asked for only when they are needed. */
const storedTensors = new WeakSet<Tensor>()
const isStored = (tensor: Tensor): boolean => storedTensors.has(tensor)

export const tensorBytes = ({ dataType, dims }: Tensor): number => Math.ceil(elementCount(dims) * elementSize(dataType))
const isLarge = (tensor: Tensor): boolean => tensorBytes(tensor) >= externalThresholdBytes && !tensor.external
const largeTensors = ({ graph }: Model): Tensor[] => [...new Set(graph.initializers.values())].filter(isLarge)
const sumOf = (tensors: readonly Tensor[]): number => tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0)

function gemmBytes({ graph }: Model): number {
  const read = new Set(graph.nodes.flatMap((node) => (node.opType === 'Gemm' && isStandard(node) ? node.inputs : [])))
  return sumOf([...read].flatMap((name) => graph.initializers.get(name) ?? []))
}
