import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePng, encodeThumbnail } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'
import { readPngText, withPngText } from '#engine/images/png-text.ts'
import { embedRecipe, readRecipe } from '#engine/images/recipe.ts'

const picture = pixelsOf(3, 2, Uint8Array.from({ length: 18 }, (_, index) => index * 14))
const recipe = {
  version: '0.1.0', kind: 'explain', model: { sha256: 'ab', name: 'nät.onnx' }, seed: 7, device: 'cpu',
  settings: { methods: [{ method: 'smooth-grad', options: { samples: 50 } }] },
}

describe('recipes in pictures', () => {
  it('come back as they were, and leave the pixels alone', async () => {
    const png = embedRecipe(await encodePng(picture), recipe)
    expect(readRecipe(png)).toEqual(recipe)
    expect([...await sharp(png, { failOn: 'warning' }).raw().toBuffer()]).toEqual([...picture.data])
  })

  it('replace an earlier recipe', async () => {
    const png = embedRecipe(embedRecipe(await encodePng(picture), recipe), { ...recipe, seed: 8 })
    expect(readRecipe(png)).toMatchObject({ seed: 8 })
  })

  it('are absent from other pictures, other files and damaged ones', async () => {
    const plain = await encodePng(picture)
    expect(readRecipe(plain)).toBeUndefined()
    expect(readRecipe(new TextEncoder().encode('hello'))).toBeUndefined()
    expect(readRecipe(withPngText(plain, 'phosphene', '{broken'))).toBeUndefined()
    expect(readRecipe(withPngText(plain, 'Comment', JSON.stringify(recipe)))).toBeUndefined()
    const png = embedRecipe(plain, recipe)
    for (const length of [9, 20, 33, 45, 60, 90]) expect(readRecipe(png.subarray(0, length))).toBeUndefined()
  })

  it('are written as other programs read iTXt', async () => {
    const png = withPngText(await encodePng(picture), 'phosphene', 'größe')
    expect(readPngText(png, 'phosphene')).toBe('größe')
    expect((await sharp(png).metadata()).comments).toEqual([{ keyword: 'phosphene', text: 'größe' }])
  })
})

describe('thumbnails', () => {
  it('fit into the side asked for and are never enlarged', async () => {
    const wide = pixelsOf(400, 100, new Uint8Array(120_000))
    expect(await sharp(await encodeThumbnail(wide, 256)).metadata()).toMatchObject({ width: 256, height: 64, format: 'png' })
    expect(await sharp(await encodeThumbnail(picture, 256)).metadata()).toMatchObject({ width: 3, height: 2 })
  })
})
