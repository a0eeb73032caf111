/** From the engine's answers to what a wall shows. */
import type { Layer } from '#contract/graph.ts'
import type { EngineClient } from '#renderer/api/engine.ts'
import { toBytes, toFloats } from '#renderer/api/tensors.ts'
import { detailSide, overviewSide } from '#renderer/scenes/network/wall-maps.ts'
import { vectorSheet } from '#renderer/scenes/network/wall-sheet.ts'
import type { TileSheet } from '#renderer/scenes/network/wall-sheet.ts'
import { mapsOf, overviewCells, overviewCount, squareGrid, unitsOf } from '#renderer/scenes/network-layout/wall-size.ts'

export interface RunHandles { readonly model: string; readonly picture: string }

/** More maps than this on one wall could neither be told apart nor picked. */
const detailTiles = 1024
const largestTile = 128

/** The maps of a layer for its wall seen from afar, or (detail) all of them; undefined for a layer without a picture. */
export async function fetchSheet(client: EngineClient, run: RunHandles, layer: Layer, detail: boolean, signal: AbortSignal): Promise<TileSheet | undefined> {
  if (layer.view.type === 'none') return undefined
  if (mapsOf(layer) === undefined) {
    const { values } = await client.activations.vector({ ...run, layer: layer.id }, { signal })
    return vectorSheet((await toFloats(values)).data, overviewCells)
  }
  const maxTiles = detail ? detailTiles : overviewCount(layer)
  const shown = Math.min(maxTiles, unitsOf(layer))
  const { columns, rows } = squareGrid(shown)
  const side = detail ? detailSide : overviewSide
  const tileSize = Math.max(1, Math.min(largestTile, Math.floor(side / Math.max(columns, rows))))
  const sheet = await client.activations.sheet({ ...run, layer: layer.id, maxTiles, tileSize, scale: 'map' }, { signal })
  return {
    columns: sheet.columns, tileWidth: sheet.tileWidth, tileHeight: sheet.tileHeight, units: sheet.units, total: sheet.total,
    low: sheet.low, high: sheet.high, signed: sheet.signed, pixels: await toBytes(sheet.pixels),
  }
}
