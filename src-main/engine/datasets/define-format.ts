/** A kind of file or folder that examples are read from: one file in `formats/`. */
import type { z } from 'zod'
import type { Dataset } from './dataset.ts'
import type { Place } from './place.ts'

export interface ReadControls {
  readonly signal?: AbortSignal | undefined
  /** `total` is undefined while it is not known. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined
  /** Of everything random in a source. */
  readonly seed: number
  /** Extent that pictures of differing extents are brought to, where the source's options do not say: a side, or height and width. */
  readonly size?: PictureSize | undefined
}
export type PictureSize = number | { readonly height: number; readonly width: number }

export interface DatasetFormat<T> {
  /** What a recipe writes as `format`; the file's name. */
  readonly id: string
  readonly title: string
  /** For people, one sentence: what it looks like on disk. */
  readonly summary: string
  /** With `.meta({ title, description, initial, choices })`, from which forms are made. */
  readonly options: z.ZodType<T>
  /** Whether the content is of this format: 0 no, 1 perhaps, 2 by names, 3 by content that no other format has. The highest reads. */
  readonly recognize: (place: Place) => Promise<number> | number
  /** Throws AppError 'data-invalid', 'file-missing' or 'file-unreadable'. */
  readonly read: (place: Place, options: T, controls: ReadControls) => Promise<Dataset>
}

/** With its options checked before reading. */
export type AnyFormat = Omit<DatasetFormat<never>, 'read'> & { readonly read: (place: Place, options: unknown, controls: ReadControls) => Promise<Dataset> }

export function defineFormat<T>(format: DatasetFormat<T>): AnyFormat {
  return { ...format, options: format.options as z.ZodType<never>, read: (place, options, controls) => format.read(place, format.options.parse(options), controls) }
}
