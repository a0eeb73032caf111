/** The maps that walls show: a few of every wall in one texture, all of the walls looked at closely in another. */
import type { Layer } from '#contract/graph.ts'
import { overviewGrid, squareGrid } from '../network-layout/wall-size.ts'
import { SlotTexture } from './slot-texture.ts'
import { packSheet } from './wall-sheet.ts'
import type { SheetScale, SlotContent, TileSheet } from './wall-sheet.ts'
import type { WallState } from './walls.ts'

/** Side of an overview slot and of a detail slot, bytes. */
export const overviewSide = 256
export const detailSide = 1024
export const detailSlots = 2

const firstSlots = 8

export interface ShownMaps { readonly content: SlotContent; readonly sheet: TileSheet }

export class WallMaps {
  readonly details = new SlotTexture(detailSide, detailSlots)
  private shown = new SlotTexture(overviewSide, firstSlots)
  private readonly sheets = new Map<string, TileSheet>()
  private readonly detailSheets = new Map<string, TileSheet>()
  private readonly detailContent = new Map<string, SlotContent>()

  get overview(): SlotTexture { return this.shown }

  has(item: string): boolean { return this.sheets.has(item) }
  keep(item: string, sheet: TileSheet): void { this.sheets.set(item, sheet) }
  /** The items looked at closely. */
  detailed(): readonly string[] { return [...this.detailSheets.keys()] }
  keepDetail(item: string, sheet: TileSheet): void { this.detailSheets.set(item, sheet) }

  dropDetail(item: string): void {
    this.detailSheets.delete(item)
    this.detailContent.delete(item)
    this.details.release(item)
  }

  clear(): void {
    for (const item of this.sheets.keys()) this.shown.release(item)
    for (const item of this.detailed()) this.dropDetail(item)
    this.sheets.clear()
  }

  /** A new, empty overview texture; the old one is its user's to dispose. */
  grow(capacity: number): void { this.shown = new SlotTexture(overviewSide, capacity) }

  /** Writes an item's overview into its slot, and what the shader has to know of it into the state of its wall. */
  fill(item: string, state: WallState, layer: Layer | undefined, scale: SheetScale): void {
    const sheet = this.sheets.get(item)
    const slot = sheet === undefined ? undefined : this.shown.claim(item)
    if (sheet === undefined || slot === undefined) return
    const grid = layer === undefined ? undefined : overviewGrid(layer)
    state.slot = slot
    state.content = packSheet(
      sheet, (tiles) => (grid !== undefined && grid.columns * grid.rows >= tiles ? grid : squareGrid(tiles)), scale, overviewSide, this.shown.bytes(slot),
    )
    this.shown.changed(slot)
  }

  fillDetail(item: string, state: WallState, scale: SheetScale): void {
    const sheet = this.detailSheets.get(item)
    const slot = this.details.claim(item)
    if (sheet === undefined || slot === undefined) return
    const aspect = (state.height * sheet.tileWidth) / (state.width * sheet.tileHeight)
    this.detailContent.set(item, packSheet(sheet, (tiles) => squareGrid(tiles, aspect), scale, detailSide, this.details.bytes(slot)))
    this.details.changed(slot)
  }

  /** What is on an item's wall: all of its maps where it is looked at closely. */
  contentOf(item: string, state: WallState | undefined): ShownMaps | undefined {
    const detail = this.detailContent.get(item)
    const detailSheet = this.detailSheets.get(item)
    if (detail !== undefined && detailSheet !== undefined) return { content: detail, sheet: detailSheet }
    const content = state?.content
    const sheet = this.sheets.get(item)
    return content === undefined || sheet === undefined ? undefined : { content, sheet }
  }

  /** Slot and content of an item looked at closely. */
  detailOf(item: string): { readonly slot: number; readonly content: SlotContent } | undefined {
    const content = this.detailContent.get(item)
    const slot = this.details.slotOf(item)
    return content === undefined || slot === undefined ? undefined : { slot, content }
  }

  resend(): void { this.shown.resend(); this.details.resend() }
  dispose(): void { this.shown.dispose(); this.details.dispose() }
}
