import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { Augment, Example } from '#contract/training.ts'
import { answerOf, pickExamples } from '#engine/datasets/examples.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { splitDataset } from '#engine/datasets/split.ts'

const digits = async () => await loadDataset({ kind: 'generator', name: 'digits', options: { count: 100 } }, { seed: 1 })
const split = { train: 0.75, seed: 1 }

describe('examples for people', () => {
  it('are pictures of one class and part, the same for the same seed, page by page', async () => {
    const data = await digits()
    const parts = splitDataset(data, split)
    const all = await pickExamples(data, parts, { part: 'train', label: 3, count: 100, seed: 1 })
    expect(all.map(({ label, part }) => `${label} ${part}`)).toEqual(all.map(() => '3 train'))
    expect(new Set(all.map(({ index }) => index)).size).toBe(parts.train.filter((index) => index % 10 === 3).length)
    expect((await pickExamples(data, parts, { part: 'train', label: 3, first: 2, count: 3, seed: 1 })).map(({ index }) => index)).toEqual(all.slice(2, 5).map(({ index }) => index))
    expect(all.every((example) => Example.safeParse(example).success)).toBe(true)
    expect(await sharp(await all[0]!.picture!.arrayBuffer()).metadata()).toMatchObject({ width: 28, height: 28, format: 'png' })
  })

  it('show a training picture as a run would see it, and leave the held-out ones alone', async () => {
    const data = await digits()
    const parts = splitDataset(data, split)
    const bytesOf = async (part: 'train' | 'validation', augment?: Augment): Promise<Buffer> => Buffer.from(await (await pickExamples(data, parts, { part, count: 1, seed: 1, augment }))[0]!.picture!.arrayBuffer())
    const turned = Augment.parse({ rotate: 40, scale: 0.3 })
    expect(await bytesOf('train', turned)).not.toEqual(await bytesOf('train'))
    expect(await bytesOf('train', turned)).toEqual(await bytesOf('train', turned))
    expect(await bytesOf('train', Augment.parse({}))).toEqual(await bytesOf('train'))
    expect(await bytesOf('validation', turned)).toEqual(await bytesOf('validation'))
  })

  it('show numbers with their answer', async () => {
    const data = await loadDataset({ kind: 'generator', name: 'kilometres', options: { count: 10 } }, { seed: 1 })
    const [first] = await pickExamples(data, splitDataset(data, split), { count: 1, seed: 1 })
    expect(Number(first?.label)).toBeCloseTo((first?.numbers?.[0] ?? NaN) * 0.621371, 2)
    expect(answerOf({ target: { kind: 'numbers', columns: ['x', 'y'], values: Float32Array.of(0.123456, 2) } }, 0)).toBe('x 0.12346, y 2')
  })
})
