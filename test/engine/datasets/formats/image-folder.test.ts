import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeDataset } from '#engine/datasets/describe-dataset.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { filesIn, labelsOf, pictureOf, plainPicture, readFiles } from '../../../support/data-files.ts'

const red = plainPicture([200, 10, 20]), blue = plainPicture([10, 20, 200])
const split = { train: 0.5, seed: 1 }

describe('a folder per class', () => {
  it('reads every class in the order of its name, however deep its pictures lie', async () => {
    const data = await readFiles(await filesIn({ 'sky/2.png': blue, 'sky/10.png': blue, 'sky/deep/er/1.png': blue, 'apple/a.png': red, 'apple/notes.txt': 'no picture', '.hidden/x.png': red }))
    expect(data).toMatchObject({ format: 'image-folder', count: 4, input: { channels: 3, height: 8, width: 8 }, skipped: [] })
    expect(labelsOf(data)).toEqual(['apple', 'sky', 'sky', 'sky'])
    expect(pictureOf(data, 0).slice(0, 3)).toEqual([200, 10, 20])
    expect([1, 2, 3].map((index) => data.origin(index))).toEqual(['sky/2.png', 'sky/10.png', 'sky/deep/er/1.png'])
  })

  it('honours train and val folders, and tells of a third', async () => {
    const data = await readFiles(await filesIn({ 'train/a/1.png': red, 'train/b/1.png': blue, 'val/a/2.png': red, 'val/b/2.png': blue, 'test/a/3.png': red }))
    expect(Array.from(data.parts ?? [])).toEqual([0, 0, 1, 1])
    expect(data.warnings).toEqual(["Not used beside 'train' and 'val': 'test'."])
  })

  it('skips corrupt pictures with a count and the reason', async () => {
    const whole = await plainPicture([1, 2, 3], 64, 64, 'jpeg')
    const data = await readFiles(await filesIn({ 'a/1.png': red, 'a/2.png': '', 'a/3.jpg': 'this is text', 'b/1.png': blue, 'b/2.jpg': whole.subarray(0, whole.length / 2) }))
    expect(data.count).toBe(2)
    expect(describeDataset(data, split).skipped).toEqual({
      count: 3,
      examples: [
        { where: 'a/2.png', reason: expect.stringMatching(/empty/) as string }, { where: 'a/3.jpg', reason: expect.stringMatching(/text, not a picture/) as string },
        { where: 'b/2.jpg', reason: expect.stringMatching(/JPEG picture, but it is truncated/) as string },
      ],
    })
  })

  it('warns of an empty class folder, and of a class of which no picture can be read', async () => {
    const data = await readFiles(await filesIn({ 'a/1.png': red, 'b/1.png': blue, 'c/readme.txt': '', 'd/1.png': 'broken' }))
    const summary = describeDataset(data, split)
    expect(summary.target).toMatchObject({ labels: ['a', 'b', 'd'] })
    expect(summary.warnings).toEqual([expect.stringMatching(/'c' holds no picture/), expect.stringMatching(/No example to learn 'd' from/)])
  })

  it('keeps a small common extent, and otherwise crops to the size', async () => {
    expect((await readFiles(await filesIn({ 'a/1.png': plainPicture([1, 2, 3], 20, 10), 'b/1.png': plainPicture([3, 2, 1], 20, 10) }))).input).toMatchObject({ width: 20, height: 10 })
    expect((await readFiles(await filesIn({ 'a/1.png': plainPicture([1, 2, 3], 20, 10), 'b/1.png': red }))).input).toMatchObject({ width: 64, height: 64 })
    expect((await readFiles(await filesIn({ 'a/1.png': red, 'b/1.png': blue }), {}, 32)).input).toMatchObject({ width: 32, height: 32 })
    expect((await readFiles(await filesIn({ 'a/1.png': red, 'b/1.png': blue }), { options: { size: 16 } }, 32)).input).toMatchObject({ width: 16, height: 16 })
  })

  it('keeps grey pictures in one channel', async () => {
    const data = await readFiles(await filesIn({ 'a/1.png': plainPicture([7, 7, 7]), 'b/1.png': plainPicture([9, 9, 9]) }))
    expect(data.input).toMatchObject({ channels: 1 })
    expect(new Set(pictureOf(data, 1))).toEqual(new Set([9]))
    expect(pictureOf(await readFiles(await filesIn({ 'a/1.png': plainPicture([7, 7, 7]), 'b/1.png': plainPicture([9, 9, 9]) }), { options: { invert: true } }), 0)[0]).toBe(248)
  })

  it('refuses one class only, and folders without pictures', async () => {
    await expect(readFiles(await filesIn({ 'a/1.png': red, 'a/2.png': blue }))).rejects.toThrow(/one class only, 'a' \(2 examples\)/)
    await expect(readFiles(await filesIn({ 'a/1.txt': 'x', 'b/1.txt': 'y' }))).rejects.toMatchObject({ code: 'data-invalid', message: expect.stringMatching(/holds no training data that is known/) as string })
    await expect(readFiles(await filesIn({ 'a/1.txt': 'x' }), { format: 'image-folder' })).rejects.toThrow(/Put the pictures of each class in a folder of its name/)
  })

  it('looks into a folder that lies alone in a folder', async () => {
    expect((await readFiles(await filesIn({ 'archive/pets/a/1.png': red, 'archive/pets/b/1.png': blue }))).count).toBe(2)
  })

  it('tells a removed folder from damaged pictures', async () => {
    const folder = await filesIn(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index % 2 ? 'a' : 'b'}/${index}.png`, index % 2 ? red : blue])))
    let removed: Promise<void> | undefined
    const loading = loadDataset({ kind: 'files', path: folder, options: {} }, { seed: 1, onProgress: () => { removed ??= rm(folder, { recursive: true }) } })
    await expect(loading).rejects.toMatchObject({ code: 'file-missing' })
    await removed
    await expect(readFiles(join(folder, 'absent'))).rejects.toMatchObject({ code: 'file-missing' })
  })

  it('joins a second folder as the held-out part, with classes matched by name', async () => {
    const data = await readFiles(await filesIn({ 'a/1.png': red, 'b/1.png': blue, 'c/1.png': blue }), { validation: await filesIn({ 'c/9.png': red, 'b/9.png': red }) })
    expect(labelsOf(data)).toEqual(['a', 'b', 'c', 'b', 'c'])
    expect(Array.from(data.parts ?? [])).toEqual([0, 0, 0, 1, 1])
    await expect(readFiles(await filesIn({ 'a/1.png': red, 'b/1.png': blue }), { validation: await filesIn({ 'zebra/9.png': red, 'b/9.png': red }) })).rejects.toThrow(/its class 'zebra' is not among the 2 classes to learn/)
  })
})
