import { describe, expect, it } from 'vitest'
import { cropPixels, flipPixels, pixelsOf, stretchTones } from '#engine/images/pixels.ts'
import { borderBrightness, displayTensor, inputTensor, isInverted, pixelsOfDisplay } from '#engine/preprocessing/apply.ts'
import { allCandidates, candidatesFor, findCandidate } from '#engine/preprocessing/candidates.ts'
import { fitPicture, usualGeometry } from '#engine/preprocessing/fit.ts'
import type { PictureInput } from '#engine/preprocessing/picture-input.ts'

/** Two pixels: red 255, 0, 0 and a dark blue 0, 51, 102. */
const picture = pixelsOf(2, 1, Uint8Array.of(255, 0, 0, 0, 51, 102))
const input = (changes: Partial<PictureInput> = {}): PictureInput => ({ name: 'x', dataType: 'float32', dims: [1, 3, 1, 2], layout: 'NCHW', channels: 3, height: 1, width: 2, ...changes })
const values = (id: string, changes: Partial<PictureInput> = {}): number[] =>
  Array.from(inputTensor(displayTensor(picture, false), input(changes), findCandidate(id, 3)!.normalization).data as Float32Array, (value) => Math.round(value * 1e4) / 1e4)

describe('feeding pictures', () => {
  it('puts them into the range, order and layout that a network wants', () => {
    expect(values('zero-one')).toEqual([1, 0, 0, 0.2, 0, 0.4])
    expect(values('zero-one', { layout: 'NHWC', dims: [1, 1, 2, 3] })).toEqual([1, 0, 0, 0, 0.2, 0.4])
    expect(values('raw255-bgr')).toEqual([0, 102, 0, 51, 255, 0])
    expect(values('tf')).toEqual([1, -1, -1, -0.6, -1, -0.2])
    expect(values('caffe')).toEqual([-104, -2, -117, -66, 132, -123])
    expect(values('imagenet').map((value) => value.toFixed(3))).toEqual([(0.515 / 0.229).toFixed(3), (-0.485 / 0.229).toFixed(3), (-0.456 / 0.224).toFixed(3), ((0.2 - 0.456) / 0.224).toFixed(3), (-0.406 / 0.225).toFixed(3), ((0.4 - 0.406) / 0.225).toFixed(3)])
  })

  it('rounds and clamps for networks that take bytes, and keeps the rank of those without a batch axis', () => {
    const bytes = inputTensor(displayTensor(picture, false), input({ dataType: 'uint8', dims: [1, 2, 3], layout: 'NHWC' }), findCandidate('raw255', 3)!.normalization)
    expect(bytes).toEqual({ dataType: 'uint8', dims: [1, 2, 3], data: Uint8Array.of(255, 0, 0, 0, 51, 102) })
  })

  it('shows light digits on dark to networks that want them, whichever way they were drawn', () => {
    const digit = (paper: number, ink: number) => displayTensor(pixelsOf(3, 3, Uint8Array.from({ length: 27 }, (_, index) => (Math.floor(index / 3) === 4 ? ink : paper))), true)
    const grey = input({ dims: [1, 9], channels: 1, height: 3, width: 3 })
    const fed = (display: ReturnType<typeof digit>) => Array.from(inputTensor(display, grey, findCandidate('raw255', 1)!.normalization, isInverted({ invert: true }, display)).data as Float32Array, Math.round)
    expect(borderBrightness(digit(255, 0))).toBeCloseTo(1)
    expect(fed(digit(255, 0))).toEqual([0, 0, 0, 0, 255, 0, 0, 0, 0])
    expect(fed(digit(0, 255))).toEqual([0, 0, 0, 0, 255, 0, 0, 0, 0])
    expect(isInverted({ invert: false }, digit(255, 0))).toBe(false)
  })

  it('goes back to the same picture from display space, and to luma for grey networks', () => {
    expect(pixelsOfDisplay(displayTensor(picture, false))).toEqual(picture)
    expect([...pixelsOfDisplay(displayTensor(picture, true)).data]).toEqual([76, 76, 76, 42, 42, 42])
  })

  it('refuses a picture of another extent', () => {
    expect(() => inputTensor(displayTensor(picture, false), input({ width: 3 }), findCandidate('tf', 3)!.normalization)).toThrow(/3 × 1 × 2 was given to the input 'x', which takes 3 × 1 × 3/)
  })
})

describe('candidates', () => {
  it('have distinct ids and as many means as channels', () => {
    expect(new Set(allCandidates.map(({ id }) => id)).size).toBe(allCandidates.length)
    for (const { id, normalization: { channels, mean, std } } of allCandidates) expect([mean.length, std.length], id).toEqual(channels === 'GRAY' ? [1, 1] : [3, 3])
  })

  it('are found by the names that people use, for colour and for grey', () => {
    expect(findCandidate('torchvision', 3)?.id).toBe('imagenet')
    expect(findCandidate('CAFFE', 3)?.id).toBe('caffe')
    expect(findCandidate('raw255', 1)?.id).toBe('grey-raw255')
    expect(findCandidate('nonsense', 3)).toBeUndefined()
    expect(candidatesFor(3, 32).map(({ id }) => id)).toContain('cifar')
    expect(candidatesFor(3, 224).map(({ id }) => id)).not.toContain('cifar')
  })
})

describe('fitting pictures', () => {
  const tall = pixelsOf(20, 40, Uint8Array.from({ length: 2400 }, (_, index) => Math.floor(index / 60)))

  it('crops the middle after resizing the shorter side, as torchvision does', () => {
    const fitted = fitPicture(tall, { height: 14, width: 14, fit: 'crop', resize: 20 })
    expect(fitted).toEqual(cropPixels(tall, 3, 13, 14, 14))
  })

  it('covers inputs that are larger than the resized picture', () => {
    expect(fitPicture(tall, { height: 64, width: 64, fit: 'crop', resize: 32 })).toMatchObject({ width: 64, height: 64 })
    expect(fitPicture(pixelsOf(1, 1, Uint8Array.of(9, 8, 7)), { height: 4, width: 6, fit: 'crop' }).data).toEqual(Uint8Array.from({ length: 72 }, (_, index) => 9 - (index % 3)))
  })

  it('stretches, or pads the whole picture with grey', () => {
    expect(fitPicture(tall, { height: 40, width: 40, fit: 'stretch' })).toMatchObject({ width: 40, height: 40 })
    const boxed = fitPicture(tall, { height: 40, width: 40, fit: 'fit' })
    expect(cropPixels(boxed, 10, 0, 20, 40)).toEqual(tall)
    expect(new Set(cropPixels(boxed, 0, 0, 10, 40).data)).toEqual(new Set([114]))
  })

  it('knows the usual geometry of networks by their extent', () => {
    expect([224, 227, 299, 128, 32].map((extent) => usualGeometry(extent, extent, 64).resize)).toEqual([256, 256, 342, 146, 32])
  })

  it('mirrors pictures', () => {
    expect(flipPixels(picture).data).toEqual(Uint8Array.of(0, 51, 102, 255, 0, 0))
  })

  it('stretches dark tones over the whole range, alike in every channel, and leaves a picture of one tone alone', () => {
    const dark = pixelsOf(3, 1, Uint8Array.of(20, 20, 20, 45, 45, 45, 70, 70, 70))
    expect([...stretchTones(dark).data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255])
    const tinted = pixelsOf(2, 1, Uint8Array.of(0, 0, 0, 200, 100, 0))
    // Luma 118.5 becomes white: 200 is clipped, 100 grows by the same factor.
    expect([...stretchTones(tinted).data]).toEqual([0, 0, 0, 255, 214, 0])
    const plain = pixelsOf(2, 2, new Uint8Array(12).fill(90))
    expect(stretchTones(plain).data).toEqual(plain.data)
  })
})
