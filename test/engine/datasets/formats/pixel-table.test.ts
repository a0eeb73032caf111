import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, labelsOf, pictureOf, readFiles } from '../../../support/data-files.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

const row = (label: number, level: number): string => [label, ...Array.from({ length: 64 }, (_, pixel) => (level + pixel) % 256)].join(',')
const read = async (text: string, options = {}) => await readFiles(join(await filesIn({ 'd.csv': text }), 'd.csv'), { options })

describe('tables of pixels', () => {
  it('reads a class and a square of pixels, with or without a header', async () => {
    const data = await read(`${row(3, 100)}\n${row(1, 0)}\n`)
    expect(data).toMatchObject({ format: 'pixel-table', count: 2, input: { kind: 'pictures', channels: 1, height: 8, width: 8 } })
    expect(labelsOf(data)).toEqual(['3', '1'])
    expect(pictureOf(data, 0).slice(0, 3)).toEqual([100, 101, 102])
    const header = `label,${Array.from({ length: 64 }, (_, pixel) => `pixel${pixel}`).join(',')}`
    const headed = await read(`${header}\r\n${row(3, 100)}\r\n${row(1, 0)}`)
    expect(headed.count).toBe(2)
    expect(headed.origin(0)).toBe('d.csv, line 2')
  })

  it('widens pixels of 0 to 16 and of 0 to 1', async () => {
    const scaled = (levels: readonly number[], label: number): string => [label, ...Array.from({ length: 64 }, (_, pixel) => levels[pixel % levels.length])].join(',')
    expect(pictureOf(await read(`${scaled([0, 16], 0)}\n${scaled([8, 4], 1)}`), 0).slice(0, 2)).toEqual([0, 255])
    expect(pictureOf(await read(`${scaled([0, 1], 0)}\n${scaled([1, 0], 1)}`), 1).slice(0, 2)).toEqual([255, 0])
    expect(pictureOf(await read(`${scaled([0.5, 1], 0)}\n${scaled([1, 0], 1)}`, {}).catch(() => { throw new Error('not recognised') }), 0)[0]).toBe(128)
  })

  it('skips bad rows and says why', async () => {
    const data = await read([row(3, 100), row(1, 0), row(1, 0).replace(/,\d+$/, ''), row(2, 0).replace(',5,', ',x,'), row(2, 0).replace(',5,', ',,'), row(2, 0).replace(',5,', ',999,'), `${row(2, 0)},7`, row(0, 9)].join('\n'))
    expect(labelsOf(data)).toEqual(['3', '1', '0'])
    expect(data.skipped.map(({ where, reason }) => `${where}: ${reason}`).toSorted()).toEqual([
      'd.csv, line 3: It has 64 cells instead of 65.', "d.csv, line 4: Column 7 holds 'x', which is not a number of 0 to 255.", 'd.csv, line 5: Column 7 is empty.',
      'd.csv, line 6: The pixel in column 7 is 999; pixels are 0 to 255.', 'd.csv, line 7: It has 66 cells instead of 65.',
    ])
  })
})

describeWithTestdata('the book’s digits', () => {
  it('are recognised as pictures, and the ten are held out', async () => {
    const folder = 'datasets/makeyourownneuralnetwork'
    const data = await readFiles(testdata(`${folder}/mnist_train_100.csv`), { validation: testdata(`${folder}/mnist_test_10.csv`) })
    expect(data).toMatchObject({ format: 'pixel-table', count: 110, input: { channels: 1, height: 28, width: 28 }, skipped: [] })
    expect(labelsOf(data).slice(100)).toEqual(['7', '2', '1', '0', '4', '1', '4', '9', '5', '9'])
    expect((await readFiles(testdata(folder))).count).toBe(110)
  })
})
