/** One class of the sample's pictures: one file in `things/`, whose name is the class. */
import type { Brush } from './brush.ts'

export interface Thing {
  /** Class name, as the model's label says it. */
  readonly name: string
  /** SVG fragment in the box from -1 to 1, y down, varied by the brush's random numbers. */
  readonly draw: (brush: Brush) => string
  /** How far it may lean, degrees either way; upright things lean little. */
  readonly lean: number
}

export const defineThing = (thing: Thing): Thing => thing
