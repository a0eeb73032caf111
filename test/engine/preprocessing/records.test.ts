import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { normalizationFromMetadata } from '#engine/preprocessing/from-metadata.ts'
import { guessLabels, imagenetLabels, imagenetSynsets, labelOf } from '#engine/preprocessing/labels.ts'
import { loadRecordFile, parseRecordFile, recordFileBeside, saveRecordFile } from '#engine/preprocessing/record-file.ts'

const preprocessing: Preprocessing = {
  input: 'x', layout: 'NCHW', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1], invert: false, height: 8, width: 8, fit: 'crop', resize: 9,
  labels: ['a', 'b'], output: 'logits', outputTensor: 'y',
}

describe('record files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-records-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const place = (path?: string) => ({ sha256: 'abc', dataFolder: join(folder, 'data'), ...(path === undefined ? {} : { path }) })

  it('are read as they were written, beside the model or in the data folder', async () => {
    const model = join(folder, 'net.v2.onnx')
    expect(await loadRecordFile(place(model))).toBeUndefined()
    expect(await saveRecordFile(place(model), preprocessing)).toBe(join(folder, 'net.v2.phosphene.json'))
    expect(await loadRecordFile(place(model))).toEqual(preprocessing)
    expect(await saveRecordFile(place(), preprocessing)).toBe(join(folder, 'data', 'preprocessing', 'abc.json'))
    expect(await loadRecordFile(place())).toEqual(preprocessing)
    expect(recordFileBeside('/a/B.ONNX')).toBe('/a/B.phosphene.json')
  })

  it('go to the data folder where the model\'s own cannot be written', async () => {
    expect(await saveRecordFile(place(join(folder, 'gone', 'net.onnx')), preprocessing)).toBe(join(folder, 'data', 'preprocessing', 'abc.json'))
  })

  it('may hold the record alone, as --preprocess takes it', () => {
    expect(parseRecordFile(JSON.stringify(preprocessing), 'p.json')).toEqual(preprocessing)
  })

  it.each([
    ['{', /p\.json is not JSON/],
    ['[]', /p\.json is not a preprocessing record/],
    [JSON.stringify({ ...preprocessing, mean: 'none' }), /mean: /],
    [JSON.stringify({ ...preprocessing, mean: [1, 2] }), /mean has 2 numbers where RGB takes 3/],
    [JSON.stringify({ ...preprocessing, std: [1, 0, 1] }), /std must not be zero/],
    [JSON.stringify({ format: 'phosphene-preprocessing', version: 9, model: 'abc', preprocessing }), /version/],
  ])('say what is wrong with %.40s', (text, says) => {
    expect(() => parseRecordFile(text, 'p.json')).toThrow(says)
  })

  it('hold nothing of a damaged file', async () => {
    const model = join(folder, 'broken.onnx')
    writeFileSync(recordFileBeside(model), readFileSync(join(folder, 'net.v2.phosphene.json'), 'utf8').slice(0, 100))
    await expect(loadRecordFile(place(model))).rejects.toMatchObject({ code: 'preprocessing-invalid' })
  })
})

describe('metadata', () => {
  const stated = (entries: Record<string, string>, channels: 1 | 3 = 3) => normalizationFromMetadata(new Map(Object.entries(entries)), channels)?.normalization

  it('of Windows ML gives order and range', () => {
    expect(stated({ 'Image.BitmapPixelFormat': 'Gray8', 'Image.NominalPixelRange': 'NominalRange_0_255' }, 1)).toEqual({ channels: 'GRAY', scale: 255, mean: [0], std: [1] })
    expect(stated({ 'Image.BitmapPixelFormat': 'Bgr8', 'Image.NominalPixelRange': 'Normalized_1_1' })).toEqual({ channels: 'BGR', scale: 1, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] })
    // 16 is black: (0 * 219 + 16).
    expect(stated({ 'Image.BitmapPixelFormat': 'Rgba8', 'Image.NominalPixelRange': 'NominalRange_16_235' })).toEqual({ channels: 'RGB', scale: 219, mean: [-16, -16, -16], std: [1, 1, 1] })
    expect(stated({ 'Image.BitmapPixelFormat': 'Gray8' }, 3)).toBeUndefined()
    expect(stated({ 'Image.BitmapPixelFormat': 'Rgb8', 'Image.NominalPixelRange': 'Odd' })).toBeUndefined()
  })

  it('of Ultralytics means 0..1', () => {
    expect(stated({ author: 'Ultralytics', names: "{0: 'a'}", imgsz: '[224, 224]', stride: '1' })).toEqual({ channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] })
  })

  it('may state mean and std, of bytes or of 0..1', () => {
    expect(stated({ mean: '[0.485, 0.456, 0.406]', std: '[0.229, 0.224, 0.225]' })).toEqual({ channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
    expect(stated({ image_mean: '127.5', image_std: '127.5', color_format: 'BGR' })).toEqual({ channels: 'BGR', scale: 255, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] })
    expect(stated({ mean: '0.5', std: '0' })).toBeUndefined()
    expect(stated({})).toBeUndefined()
  })
})

describe('class names', () => {
  const hints = (classes: number, channels: 1 | 3, extent: number, text = '') => guessLabels({ classes, channels, extent, text })?.labels

  it('of ImageNet are a thousand different ones, sorted by synset', () => {
    expect(imagenetLabels.length).toBe(1000)
    expect(new Set(imagenetLabels).size).toBe(1000)
    expect(imagenetSynsets).toEqual([...imagenetSynsets].sort())
    expect([imagenetLabels[0], imagenetLabels[84], imagenetLabels[999]]).toEqual(['tench', 'peacock', 'toilet tissue'])
  })

  it('are found by their number and what else is known', () => {
    expect(hints(1001, 3, 224)?.slice(0, 2)).toEqual(['background', 'tench'])
    expect(hints(10, 3, 32)).toEqual(['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'])
    expect(hints(10, 1, 28)).toEqual(Array.from('0123456789'))
    expect(hints(10, 1, 28, 'fashion-cnn')?.[9]).toBe('Ankle boot')
    expect(hints(100, 3, 32)?.[0]).toBe('apple')
    expect(hints(47, 1, 28)?.slice(-2)).toEqual(['r', 't'])
    expect(hints(10, 3, 224)).toBeUndefined()
    expect(hints(17, 3, 224)).toBeUndefined()
  })

  it('are numbers where there are none', () => {
    expect(labelOf([], 7)).toBe('class 7')
  })
})
