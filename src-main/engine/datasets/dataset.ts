/** Examples in memory, as every format and generator gives them: raw values, before standardisation and augmentation. */
import type { DataSummary } from '#contract/training.ts'

/** [examples, height, width, channels], 0..255; in shared memory (`sharedBytes`), so that the batch worker reads the same copy. */
export interface PictureInput { readonly kind: 'pictures'; readonly channels: 1 | 3; readonly height: number; readonly width: number; readonly pixels: Uint8Array }
/** [examples, columns] */
export interface NumberInput { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly values: Float32Array }

/** Class index by example. */
export interface ClassTarget { readonly kind: 'classes'; readonly labels: readonly string[]; readonly classOf: Int32Array }
/** [examples, columns], in the source's own units. Boxes are x, y, width, height and keypoints x, y pairs, as shares of the picture's extent. */
export interface NumberTarget { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly values: Float32Array; readonly geometry?: 'box' | 'keypoints' }

export const trainPart = 0
export const validationPart = 1

/** A row or file that was left out, and why. */
export interface Skipped { readonly where: string; readonly reason: string }

/** The role that a table's column was given, by guess or by option. */
export type ColumnRole = NonNullable<DataSummary['columns']>[number]

export interface Dataset {
  readonly name: string
  readonly format: string
  readonly count: number
  readonly input: PictureInput | NumberInput
  readonly target: ClassTarget | NumberTarget
  /** By example, where the source itself says: `trainPart` or `validationPart`. */
  readonly parts?: Uint8Array
  /** Of tables. */
  readonly columns?: readonly ColumnRole[]
  /** File and row of an example, for people. */
  readonly origin: (index: number) => string
  readonly skipped: readonly Skipped[]
  readonly warnings: readonly string[]
}

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
export const sharedFloats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(length * 4))

/** Bytes of one picture, and columns of one row. */
export const valuesPerExample = (input: PictureInput | NumberInput): number => (input.kind === 'pictures' ? input.channels * input.height * input.width : input.columns.length)
/** Classes, or columns of answers. */
export const outputsOf = ({ target }: Pick<Dataset, 'target'>): number => (target.kind === 'classes' ? target.labels.length : target.columns.length)
/** Behind the batch axis: [channels, height, width] or [columns]. */
export const inputDimsOf = ({ input }: Pick<Dataset, 'input'>): readonly number[] => (input.kind === 'pictures' ? [input.channels, input.height, input.width] : [input.columns.length])
