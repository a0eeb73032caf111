/**
 * Reads one protobuf message field by field, straight into the project's own values: no tree of message objects in between,
 * bytes as views into the file, fields that nobody asked for kept as they were encoded.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { AppError, isAppError } from '#contract/errors.ts'

const strictText = new TextDecoder('utf-8', { fatal: true })

export class MessageReader {
  readonly #reader: BinaryReader
  readonly #bytes: Uint8Array
  readonly #message: string
  readonly #unknown: Uint8Array[] = []
  #wireType: WireType = WireType.Varint
  #tagStart = 0
  /** Number of the field at hand. */
  field = 0

  /** `message` is the name of the message's type, for errors. */
  constructor(bytes: Uint8Array, message: string) {
    this.#bytes = bytes
    this.#reader = new BinaryReader(bytes)
    this.#message = message
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#reader.pos >= this.#reader.len) return false
    this.#tagStart = this.#reader.pos
    return this.#guarded(() => {
      const [field, wireType] = this.#reader.tag()
      this.field = field
      this.#wireType = wireType
      return true
    })
  }

  bytes(): Uint8Array {
    this.#expect(WireType.LengthDelimited)
    return this.#guarded(() => this.#reader.bytes())
  }

  /** Bytes that are not UTF-8 become replacement characters: a name, not data. */
  text(): string {
    this.#expect(WireType.LengthDelimited)
    return this.#guarded(() => this.#reader.string())
  }

  /** A varint; 64-bit values beyond 2^53 are rounded. */
  integer(): number {
    this.#expect(WireType.Varint)
    return this.#guarded(() => Number(this.#reader.int64()))
  }

  float(): number {
    this.#expect(WireType.Bit32)
    return this.#guarded(() => this.#reader.float())
  }

  /** Appends the values of a repeated integer field, packed or not. */
  integersInto(values: number[]): void {
    if (this.#wireType === WireType.Varint) values.push(this.integer())
    else this.#packed((reader) => values.push(Number(reader.int64())))
  }

  /** As `integersInto`, with all 64 bits. */
  bigIntegersInto(values: bigint[]): void {
    if (this.#wireType === WireType.Varint) values.push(this.#guarded(() => BigInt(this.#reader.int64())))
    else this.#packed((reader) => values.push(BigInt(reader.int64())))
  }

  floatsInto(values: number[]): void {
    if (this.#wireType === WireType.Bit32) values.push(this.float())
    else this.#packed((reader) => values.push(reader.float()))
  }

  /** Appends the little-endian bytes of a repeated float or double field: a view where the field is packed. */
  fixedInto(chunks: Uint8Array[]): void {
    if (this.#wireType === WireType.LengthDelimited) chunks.push(this.bytes())
    else if (this.#wireType === WireType.Bit32 || this.#wireType === WireType.Bit64) chunks.push(this.#guarded(() => this.#reader.skip(this.#wireType, this.field)))
    else this.#mismatch()
  }

  /** Puts the field aside as it is encoded; see `extra`. */
  keep(): void {
    this.#guarded(() => this.#reader.skip(this.#wireType, this.field))
    this.#unknown.push(this.#bytes.subarray(this.#tagStart, this.#reader.pos))
  }

  /** Steps over a field that carries nothing. */
  skip(): void {
    this.#guarded(() => this.#reader.skip(this.#wireType, this.field))
  }

  /** The encoded fields that were kept, tags included; undefined when there are none. */
  get extra(): Uint8Array | undefined {
    return this.#unknown.length === 0 ? undefined : joined(this.#unknown)
  }

  #packed(read: (reader: BinaryReader) => void): void {
    const bytes = this.bytes()
    const reader = new BinaryReader(bytes)
    this.#guarded(() => {
      while (reader.pos < reader.len) read(reader)
    })
  }

  #expect(wireType: WireType): void {
    if (this.#wireType !== wireType) this.#mismatch()
  }

  #mismatch(): never {
    throw new AppError('model-unreadable', `Field ${this.field} of ${this.#message} is encoded as wire type ${this.#wireType}, which that field never is: the file is damaged, or not an ONNX model.`)
  }

  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (isAppError(error)) throw error
      const truncated = error instanceof RangeError
      throw new AppError('model-unreadable', truncated
        ? `The file ends in the middle of a ${this.#message}: it is truncated or damaged (was the download complete?).`
        : `A ${this.#message} cannot be decoded (${(error as Error).message}): the file is damaged, or not an ONNX model.`, { cause: error })
    }
  }
}

/** Text of UTF-8 bytes, or undefined where they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strictText.decode(bytes)
  } catch {
    return undefined
  }
}

/** One array of several; the only one itself where there is one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks
  if (first && chunks.length === 1) return first
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let position = 0
  for (const chunk of chunks) {
    whole.set(chunk, position)
    position += chunk.byteLength
  }
  return whole
}
