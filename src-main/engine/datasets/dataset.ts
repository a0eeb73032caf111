/** Examples in memory, as every format and generator gives them: raw values, before standardisation and augmentation. */

/** [examples, height, width, channels], 0..255. */
export interface PictureInput { readonly kind: 'pictures'; readonly channels: 1 | 3; readonly height: number; readonly width: number; readonly pixels: Uint8Array }
/** [examples, columns] */
export interface NumberInput { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly values: Float32Array }

/** Class index by example. */
export interface ClassTarget { readonly kind: 'classes'; readonly labels: readonly string[]; readonly classOf: Int32Array }
/** [examples, columns], in the source's own units. Boxes are x, y, width, height and keypoints x, y pairs, as shares of the picture's extent. */
export interface NumberTarget { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly values: Float32Array; readonly geometry?: 'box' | 'keypoints' }

export const trainPart = 0
export const validationPart = 1

export interface Skipped { readonly where: string; readonly reason: string }

export interface Dataset {
  readonly name: string
  readonly format: string
  readonly count: number
  readonly input: PictureInput | NumberInput
  readonly target: ClassTarget | NumberTarget
  /** By example, where the source itself says: `trainPart` or `validationPart`. */
  readonly parts?: Uint8Array
  /** File and row of an example, for people. */
  readonly origin: (index: number) => string
  readonly skipped: readonly Skipped[]
  readonly warnings: readonly string[]
}
