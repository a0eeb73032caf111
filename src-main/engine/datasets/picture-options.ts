/** Options that every format of picture files has. */
import { z } from 'zod'
import type { PictureChoices } from './decode-pictures.ts'
import type { PictureSize, ReadControls } from './define-format.ts'

const side = z.number().int().min(4).max(1024).optional()

export const pictureOptions = {
  size: side.meta({ title: 'Size', description: 'Side that pictures are brought to, pixels. By default their own if they agree and are small, or 64.', initial: 64 }),
  height: side.meta({ title: 'Height', description: 'With the width, instead of the size.', initial: 64 }),
  width: side.meta({ title: 'Width', description: 'With the height, instead of the size.', initial: 64 }),
  fit: z.enum(['crop', 'stretch']).optional().meta({ title: 'Fit', description: 'How pictures of another shape are brought to the size.', choices: { crop: 'Keep the middle', stretch: 'Stretch' } }),
  channels: z.enum(['auto', 'grey', 'color']).default('auto').meta({ title: 'Colors', description: 'Grey where every picture is, unless said.', choices: { auto: 'As the pictures are', grey: 'Grey', color: 'Color' } }),
  invert: z.boolean().default(false).meta({ title: 'Invert', description: 'Black and white exchanged, for dark ink on light paper.' }),
}
type PictureOptions = z.infer<z.ZodObject<typeof pictureOptions>>

export function choicesOf({ size, height, width, fit, channels, invert }: PictureOptions, root: string, controls: ReadControls, usualFit: 'crop' | 'stretch' = 'crop'): PictureChoices {
  const own: PictureSize | undefined = height !== undefined && width !== undefined ? { height, width } : size
  return { root, size: own ?? controls.size, fit: fit ?? usualFit, channels, invert }
}

const picturePattern = /\.(?:jpe?g|png|webp|gif|tiff?|avif|bmp)$/i
export const isPictureName = (name: string): boolean => picturePattern.test(name)
