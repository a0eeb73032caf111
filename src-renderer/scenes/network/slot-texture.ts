/** One texture array whose layers are handed out as slots, a square of bytes each; only what changed is uploaded. */
import { DataArrayTexture, RedFormat, UnsignedByteType } from 'three'

export class SlotTexture {
  readonly side: number
  readonly capacity: number
  readonly texture: DataArrayTexture
  private readonly data: Uint8Array<ArrayBuffer>
  private readonly slots = new Map<string, number>()
  private readonly free: number[]

  constructor(side: number, capacity: number) {
    this.side = side
    this.capacity = capacity
    this.data = new Uint8Array(side * side * capacity)
    this.texture = new DataArrayTexture(this.data, side, side, capacity)
    this.texture.format = RedFormat
    this.texture.type = UnsignedByteType
    this.texture.needsUpdate = true
    this.free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
  }

  slotOf(key: string): number | undefined { return this.slots.get(key) }

  /** The slot of a key, taken from the free ones when it has none; undefined when all are in use. */
  claim(key: string): number | undefined {
    const kept = this.slots.get(key) ?? this.free.pop()
    if (kept !== undefined) this.slots.set(key, kept)
    return kept
  }

  release(key: string): void {
    const slot = this.slots.get(key)
    if (slot === undefined) return
    this.slots.delete(key)
    this.free.push(slot)
  }

  /** The bytes of a slot, to be written before `changed`. */
  bytes(slot: number): Uint8Array { return this.data.subarray(slot * this.side * this.side, (slot + 1) * this.side * this.side) }

  changed(slot: number): void {
    this.texture.addLayerUpdate(slot)
    this.texture.needsUpdate = true
  }

  /** After a lost context everything has to be sent again, not only what changed last. */
  resend(): void {
    this.texture.clearLayerUpdates()
    this.texture.needsUpdate = true
  }

  dispose(): void { this.texture.dispose() }
}
