/** A run of a synthesis as the page knows it, and what each event of the engine makes of it. Events may say again what is known already. */
import type { SynthesisEvent, SynthesisItem, SynthesisProgress, SynthesisRun } from '#contract/synthesis.ts'

export interface ShownPicture {
  readonly blob: Blob
  /** Of the picture itself; the blob may be smaller. */
  readonly width: number
  readonly height: number
  readonly step: number
}

export interface RunView {
  readonly run: SynthesisRun
  readonly progress: SynthesisProgress | null
  /** Pictures in the making, by name. */
  readonly previews: ReadonlyMap<string, ShownPicture>
  /** Finished ones, by name; without a picture where the item is none. */
  readonly items: ReadonlyMap<string, { readonly item: SynthesisItem; readonly picture: Blob | null }>
  /** The objective's value along the steps that were told of. */
  readonly values: readonly { readonly step: number; readonly value: number }[]
}

export function emptyView(event: Extract<SynthesisEvent, { type: 'state' }>): RunView {
  return { run: event.run, progress: event.run.progress ?? null, previews: new Map(), items: new Map(), values: [] }
}

/** More points than any chart has pixels show nothing. */
const mostValues = 2000

export function applySynthesisEvent(view: RunView, event: SynthesisEvent): RunView {
  switch (event.type) {
    case 'state': return { ...view, run: event.run, progress: event.run.progress ?? view.progress }
    case 'progress': {
      const { step, value } = event.progress
      const kept = view.values.filter((each) => each.step < step)
      const thinned = kept.length > mostValues ? kept.filter((_, index) => index % 2 === 0) : kept
      return { ...view, progress: event.progress, values: value === null ? thinned : [...thinned, { step, value }] }
    }
    case 'preview': {
      const { name, png, width, height, step } = event
      return { ...view, previews: new Map(view.previews).set(name, { blob: pngBlob(png), width, height, step }) }
    }
    case 'item': {
      const previews = new Map(view.previews)
      previews.delete(event.item.name)
      const items = view.run.items.some(({ name }) => name === event.item.name) ? view.run.items : [...view.run.items, event.item]
      return { ...view, run: { ...view.run, items }, previews, items: new Map(view.items).set(event.item.name, { item: event.item, picture: event.png ? pngBlob(event.png) : null }) }
    }
  }
}

const pngBlob = (png: Uint8Array): Blob => new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' })
