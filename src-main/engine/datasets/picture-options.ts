/** Options that every format of picture files has. */
import { z } from 'zod'
import type { PictureChoices } from './decode-pictures.ts'
import type { PictureSize, ReadControls } from './define-format.ts'

export const pictureOptions = {
  /** Side or height and width, pixels; by default the pictures' own if they agree and are small, or 64. */
  size: z.number().int().min(4).max(1024).optional(), height: z.number().int().min(4).max(1024).optional(), width: z.number().int().min(4).max(1024).optional(),
  fit: z.enum(['crop', 'stretch']).optional(),
  /** 'auto': grey where every picture is. */ channels: z.enum(['auto', 'grey', 'color']).default('auto'),
  /** Black and white exchanged, for dark ink on light paper. */ invert: z.boolean().default(false),
}
type PictureOptions = z.infer<z.ZodObject<typeof pictureOptions>>

export function choicesOf({ size, height, width, fit, channels, invert }: PictureOptions, root: string, controls: ReadControls, usualFit: 'crop' | 'stretch' = 'crop'): PictureChoices {
  const own: PictureSize | undefined = height !== undefined && width !== undefined ? { height, width } : size
  return { root, size: own ?? controls.size, fit: fit ?? usualFit, channels, invert }
}

const picturePattern = /\.(?:jpe?g|png|webp|gif|tiff?|avif|bmp)$/i
export const isPictureName = (name: string): boolean => picturePattern.test(name)
