import { describe, expect, it } from 'vitest'
import { filesIn, labelsOf, pictureOf, plainPicture, readFiles } from '../../../support/data-files.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

const red = plainPicture([200, 10, 20]), blue = plainPicture([10, 20, 200])

describe('pictures whose names tell their class', () => {
  it('reads cat.0.jpg and dog.1.jpg', async () => {
    const data = await readFiles(await filesIn({ 'cat.0.png': red, 'cat.1.png': red, 'dog.0.png': blue, 'dog.10.png': blue }))
    expect(data.format).toBe('named-pictures')
    expect(labelsOf(data)).toEqual(['cat', 'cat', 'dog', 'dog'])
  })

  it('follows a pattern, and skips what does not fit it', async () => {
    const data = await readFiles(await filesIn({ '001-left-x.png': red, '002-right-x.png': blue, 'other.png': blue }), { format: 'named-pictures', options: { pattern: '^\\d+-(\\w+)-' } })
    expect(labelsOf(data)).toEqual(['left', 'right'])
    expect(data.skipped).toEqual([{ where: 'other.png', reason: 'Its name tells no class.' }])
    await expect(readFiles(await filesIn({ 'a.png': red }), { format: 'named-pictures', options: { pattern: '(' } })).rejects.toThrow(/option 'pattern': not a regular expression/)
  })

  it('says what to do where names tell nothing', async () => {
    await expect(readFiles(await filesIn({ 'a.png': red, 'b.png': blue }), { format: 'named-pictures' })).rejects.toThrow(/2 pictures whose names tell no class. Name them cat.1.jpg/)
  })
})

describeWithTestdata('the book’s own digits', () => {
  it('reads the label from the end of the name, in grey, inverted to white on black', async () => {
    const data = await readFiles(testdata('datasets/makeyourownneuralnetwork'), { format: 'named-pictures', options: { invert: true } })
    expect(data.input).toMatchObject({ channels: 1, height: 28, width: 28 })
    expect(labelsOf(data).toSorted()).toEqual(['2', '3', '4', '5', '6', '6'])
    expect(pictureOf(data, 0)[0]).toBeLessThan(10)
    expect(data.skipped.map(({ where }) => where)).toEqual(['2828_my_own_image.png'])
  })

  it('tests a table of 100 digits', async () => {
    const data = await readFiles(testdata('datasets/makeyourownneuralnetwork/mnist_train_100.csv'), { validation: testdata('datasets/makeyourownneuralnetwork'), options: {} }).catch((error: unknown) => error)
    expect(data).toMatchObject({ count: 110 })
  })
})
