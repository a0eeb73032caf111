import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { validationPart } from '#engine/datasets/dataset.ts'
import { filesIn, idx, labelsOf, pictureOf, readFiles } from '../../../support/data-files.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

const pair = (gzip = false): Record<string, Uint8Array> => {
  const end = gzip ? '.gz' : ''
  return {
    [`train-images-idx3-ubyte${end}`]: idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], gzip), [`train-labels-idx1-ubyte${end}`]: idx([3], [1, 0, 1], gzip),
    [`t10k-images-idx3-ubyte${end}`]: idx([1, 2, 2], [250, 251, 252, 253], gzip), [`t10k-labels-idx1-ubyte${end}`]: idx([1], [0], gzip),
  }
}

describe('IDX files', () => {
  it.each([false, true])('pairs pictures with labels and holds t10k out (gzip: %s)', async (gzip) => {
    const data = await readFiles(await filesIn(pair(gzip)))
    expect(data).toMatchObject({ format: 'idx', count: 4, input: { channels: 1, height: 2, width: 2 } })
    expect(pictureOf(data, 1)).toEqual([5, 6, 7, 8])
    expect(pictureOf(data, 3)).toEqual([250, 251, 252, 253])
    expect(labelsOf(data)).toEqual(['1', '0', '1', '0'])
    expect(Array.from(data.parts ?? [])).toEqual([0, 0, 0, validationPart])
    expect(data.origin(3)).toMatch(/^t10k-images.*, picture 1$/)
  })

  it('reads the pair of one file, and leaves the parts to the split', async () => {
    const data = await readFiles(join(await filesIn(pair()), 'train-images-idx3-ubyte'))
    expect(data.count).toBe(3)
    expect(data.parts).toBeUndefined()
  })

  it('names classes by labels.txt, and refuses more classes than labels', async () => {
    expect(labelsOf(await readFiles(await filesIn({ ...pair(), 'labels.txt': 'shoe\nbag\n' })))).toEqual(['bag', 'shoe', 'bag', 'shoe'])
    await expect(readFiles(await filesIn({ ...pair(), 'labels.txt': 'shoe\n' }))).rejects.toThrow(/More classes than labels: train-images-idx3-ubyte, picture 1 is of class 1, and labels.txt names 1 classes/)
  })

  it.each([
    ['more labels than pictures', { 'train-labels-idx1-ubyte': idx([4], [1, 0, 1, 0]) }, /holds 3 pictures, and train-labels-idx1-ubyte holds 4 labels/],
    ['a truncated file', { 'train-images-idx3-ubyte': idx([3, 2, 2], [1, 2, 3]) }, /train-images-idx3-ubyte is truncated: its header claims \[3, 2, 2\], 12 bytes, and 3 follow/],
    ['a truncated archive', { 'train-images-idx3-ubyte': idx([3, 2, 2], Array.from({ length: 12 }, (_, index) => index), true).subarray(0, 25) }, /truncated or damaged \(unexpected end of file\)/],
    ['more bytes than claimed', { 'train-images-idx3-ubyte': idx([1, 2, 2], Array.from({ length: 12 }, () => 0)) }, /longer than its header says/],
    ['a header of absurd extents', { 'train-images-idx3-ubyte': idx([4_000_000_000, 60_000, 60_000], [1]) }, /claims an array of extent \[4000000000, 60000, 60000\]/],
    ['another content', { 'train-images-idx3-ubyte': new TextEncoder().encode('<!DOCTYPE html><html>') }, /is not an IDX file/],
    ['an empty file', { 'train-labels-idx1-ubyte': new Uint8Array() }, /truncated inside its header: it holds 0 bytes/],
    ['one class only', { 'train-labels-idx1-ubyte': idx([3], [0, 0, 0]) }, /one class only, '0' \(4 examples\)/],
  ] as const)('refuses %s', async (_, change, message) => {
    await expect(readFiles(await filesIn({ ...pair(), ...change }))).rejects.toThrow(message)
  })

  it('says that a folder is gone', async () => {
    const folder = await filesIn(pair())
    await rm(folder, { recursive: true })
    await expect(readFiles(folder)).rejects.toMatchObject({ code: 'file-missing', message: expect.stringMatching(/was it moved or removed/) as string })
  })

  it('stops when it is cancelled', async () => {
    const { loadDataset } = await import('#engine/datasets/load-dataset.ts')
    await expect(loadDataset({ kind: 'files', path: await filesIn(pair()), options: {} }, { seed: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describeWithTestdata('IDX files of the test data', () => {
  it('reads MNIST: 60000 to learn from, 10000 held out, and its first digit is the well-known five', async () => {
    const data = await readFiles(testdata('datasets/mnist'))
    expect(data.count).toBe(70_000)
    expect(data.parts?.filter((part) => part === validationPart).length).toBe(10_000)
    expect(labelsOf(data).slice(0, 5)).toEqual(['5', '0', '4', '1', '9'])
    expect(pictureOf(data, 0).slice(5 * 28 + 12, 5 * 28 + 17)).toEqual([3, 18, 18, 18, 126])
  })

  it('names the classes of Fashion-MNIST', async () => {
    const data = await readFiles(testdata('datasets/fashion-mnist'))
    expect(labelsOf(data)[0]).toBe('Ankle boot')
    expect(data.target).toMatchObject({ labels: expect.arrayContaining(['T-shirt/top', 'Bag']) as string[] })
  })
})
