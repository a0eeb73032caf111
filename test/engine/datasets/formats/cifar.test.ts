import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, labelsOf, pictureOf, readFiles } from '../../../support/data-files.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

/** Planes of red, green and blue, each of one value plus the pixel's number. */
const record = (labels: readonly number[], levels: readonly [number, number, number]): Uint8Array =>
  Uint8Array.from([...labels, ...levels.flatMap((level) => Array.from({ length: 1024 }, (_, pixel) => (level + pixel) & 255))])

describe('CIFAR binary files', () => {
  it('interleaves the planes and holds test_batch out', async () => {
    const data = await readFiles(await filesIn({ 'data_batch_1.bin': Buffer.concat([record([3], [10, 20, 30]), record([9], [0, 0, 0])]), 'test_batch.bin': record([0], [1, 2, 3]) }))
    expect(data).toMatchObject({ format: 'cifar', count: 3, input: { channels: 3, height: 32, width: 32 } })
    expect(pictureOf(data, 0).slice(0, 6)).toEqual([10, 20, 30, 11, 21, 31])
    expect(labelsOf(data)).toEqual(['cat', 'truck', 'airplane'])
    expect(Array.from(data.parts ?? [])).toEqual([0, 0, 1])
    expect(data.origin(2)).toBe('test_batch.bin, picture 1')
  })

  it.each([['fine', ['b', 'c']], ['coarse', ['x', 'y']]] as const)('reads the %s labels of CIFAR-100', async (labels, expected) => {
    const folder = await filesIn({ 'train.bin': Buffer.concat([record([0, 1], [1, 1, 1]), record([1, 2], [2, 2, 2])]), 'fine_label_names.txt': 'a\nb\nc', 'coarse_label_names.txt': 'x\ny' })
    expect(labelsOf(await readFiles(folder, { options: { labels } }))).toEqual(expected)
  })

  it('refuses a truncated batch', async () => {
    const folder = await filesIn({ 'data_batch_1.bin': record([3], [1, 2, 3]).subarray(0, 3000) })
    await expect(readFiles(folder)).rejects.toThrow(/data_batch_1.bin is truncated or no CIFAR file: its 3000 bytes are 0 records of 3073 bytes and 3000 bytes more/)
  })

  it('refuses a class beyond the names', async () => {
    await expect(readFiles(await filesIn({ 'data_batch_1.bin': Buffer.concat([record([3], [1, 2, 3]), record([12], [1, 2, 3])]) }))).rejects.toThrow(/data_batch_1.bin, picture 2 is of class 12/)
  })
})

describeWithTestdata('CIFAR binary files of the test data', () => {
  it('reads the subset of 4000, and holds out its last 1000 when asked', async () => {
    const data = await readFiles(testdata('datasets/cifar10-subset'), { options: { holdOutLast: 1000 } })
    expect(data.count).toBe(4000)
    expect(labelsOf(data).slice(0, 4)).toEqual(['frog', 'truck', 'truck', 'deer'])
    expect(data.parts?.indexOf(1)).toBe(3000)
  })

  it('reads the file itself', async () => {
    expect((await readFiles(join(testdata('datasets/cifar10-subset'), 'data_batch_first4000.bin.gz'))).count).toBe(4000)
  })
})
