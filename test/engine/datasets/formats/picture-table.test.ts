import { describe, expect, it } from 'vitest'
import type { NumberTarget } from '#engine/datasets/dataset.ts'
import { filesIn, labelsOf, pictureOf, plainPicture, readFiles } from '../../../support/data-files.ts'

const red = plainPicture([200, 10, 20], 40, 20), blue = plainPicture([10, 20, 200], 40, 20)
const pictures = { 'images/r.png': red, 'images/b.png': blue, 'images/r2.png': red, 'images/b2.png': blue }
const table = (text: string) => filesIn({ ...pictures, 'labels.csv': text })
const numbersOf = (target: unknown): number[] => Array.from((target as NumberTarget).values)

describe('tables of picture paths', () => {
  it('reads labels, and finds pictures in a folder beside the table', async () => {
    const data = await readFiles(await table('file,kind\nr.png,warm\nimages/b.png,cold\nr2.png,warm\nb2.png,cold\n'))
    expect(data).toMatchObject({ format: 'picture-table', count: 4, input: { channels: 3, width: 40, height: 20 }, columns: [{ name: 'file', role: 'input', example: 'r.png' }, { name: 'kind', role: 'label', example: 'warm' }] })
    expect(labelsOf(data)).toEqual(['warm', 'cold', 'warm', 'cold'])
    expect(pictureOf(data, 1).slice(0, 3)).toEqual([10, 20, 200])
    expect(data.origin(3)).toBe('b2.png (line 5)')
  })

  it('reads numbers', async () => {
    const data = await readFiles(await table('file,angle\nr.png,0.5\nb.png,-17.25\nr2.png,3\nb2.png,4.5\n'))
    expect(data.target).toMatchObject({ kind: 'numbers', columns: ['angle'] })
    expect(numbersOf(data.target)).toEqual([0.5, -17.25, 3, 4.5])
  })

  it.each([
    ['corners', 'xmin,ymin,xmax,ymax', '10,5,30,15'],
    ['extents', 'x,y,width,height', '10,5,20,10'],
  ] as const)('reads boxes by %s, as shares of the picture', async (_, header, values) => {
    const data = await readFiles(await table(`file,${header}\nr.png,${values}\nb.png,${values}\n`))
    expect(data.target).toMatchObject({ geometry: 'box', columns: ['x', 'y', 'width', 'height'] })
    expect(numbersOf(data.target).slice(0, 4)).toEqual([0.25, 0.25, 0.5, 0.5])
  })

  it('prefers corners to the picture’s own width and height, as the tables of detectors have them', async () => {
    const data = await readFiles(await table('filename,width,height,class,xmin,ymin,xmax,ymax\nr.png,40,20,ball,0,0,20,10\nb.png,40,20,ball,20,10,40,20\n'))
    expect(numbersOf(data.target)).toEqual([0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    expect(data.warnings).toEqual(["The answer is a box; not used: 'width', 'height', 'class'."])
  })

  it('reads keypoints, stretched to the size', async () => {
    const data = await readFiles(await table('file,nose_x,nose_y,ear_x,ear_y\nr.png,20,10,40,0\nb.png,0,0,10,5\n'), { options: { size: 16 } })
    expect(data).toMatchObject({ input: { width: 16, height: 16 }, target: { geometry: 'keypoints', columns: ['nose_x', 'nose_y', 'ear_x', 'ear_y'] } })
    expect(numbersOf(data.target)).toEqual([0.5, 0.5, 1, 0, 0, 0, 0.25, 0.25])
  })

  it('skips rows without their picture or numbers', async () => {
    const data = await readFiles(await table('file,angle\nr.png,1\nabsent.png,2\nb.png,much\nb2.png,4.5\nr2.png,2.5\n'), { options: { numbers: 'angle' } })
    expect(data.count).toBe(3)
    expect(numbersOf(data.target)).toEqual([1, 4.5, 2.5])
    expect(data.skipped).toEqual([
      { where: 'labels.csv, line 4', reason: "Column 'angle' holds 'much', which is not a number." },
      { where: 'labels.csv, line 3 (absent.png)', reason: expect.stringMatching(/There is no such file/) as string },
    ])
  })
})
