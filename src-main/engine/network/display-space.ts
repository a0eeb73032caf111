/** Between a picture as it is shown (0..1, RGB, planar) and the tensor that a model wants. */
import type { Preprocessing } from '#contract/preprocessing.ts'

export interface DisplaySpace {
  readonly preprocessing: Preprocessing
  /** The picture is shown to the model inverted (light digits on dark): decided per picture where the record says `invert`. */
  readonly inverted?: boolean
}
