/**
 * Writes one protobuf message as a list of chunks. Large byte fields stay the caller's own arrays, also through nesting,
 * so that a model of any size is encoded without a copy of its weights.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { int64Of } from '../tensor-data.ts'

/** Below this a copy is cheaper than one more chunk. */
const chunkThreshold = 4096

export class MessageWriter {
  readonly #chunks: Uint8Array[] = []
  readonly #small = new BinaryWriter()

  bytes(field: number, value: Uint8Array): void {
    this.#open(field, value.byteLength)
    this.#append(value)
  }

  /** A string field; left out when empty. */
  text(field: number, value: string | undefined): void {
    if (value) this.#small.tag(field, WireType.LengthDelimited).string(value)
  }

  /** One of a repeated string field, where empty entries count. */
  entry(field: number, value: string): void {
    this.#small.tag(field, WireType.LengthDelimited).string(value)
  }

  integer(field: number, value: number): void {
    this.#small.tag(field, WireType.Varint).int64(int64Of(value))
  }

  integers(field: number, values: readonly number[]): void {
    for (const value of values) this.integer(field, value)
  }

  float(field: number, value: number): void {
    // float() of the library refuses numbers beyond float32's range; a Float32Array rounds them to infinity as a cast does.
    this.#small.tag(field, WireType.Bit32).float(Math.fround(value))
  }

  message(field: number, message: MessageWriter): void {
    const chunks = message.chunks()
    this.#open(field, chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
    for (const chunk of chunks) this.#append(chunk)
  }

  /** Fields that are encoded already, tags included. */
  encoded(fields: Uint8Array | undefined): void {
    if (fields) this.#append(fields)
  }

  /** The encoded message, in order. */
  chunks(): readonly Uint8Array[] {
    this.#flush()
    return this.#chunks
  }

  #open(field: number, length: number): void {
    this.#small.tag(field, WireType.LengthDelimited).uint32(length)
  }

  #append(bytes: Uint8Array): void {
    if (bytes.byteLength < chunkThreshold) {
      this.#small.raw(bytes)
      return
    }
    this.#flush()
    this.#chunks.push(bytes)
  }

  #flush(): void {
    const bytes = this.#small.finish()
    if (bytes.byteLength > 0) this.#chunks.push(bytes)
  }
}
