import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { createRandom } from '#engine/lib/random.ts'
import { filesIn, labelsOf, readFiles } from '../../../support/data-files.ts'

const read = async (text: string, options: Record<string, string | number | boolean> = {}): Promise<Dataset> => await readFiles(join(await filesIn({ 'data.csv': text }), 'data.csv'), { options })
const rows = (count: number, row: (index: number) => string): string => Array.from({ length: count }, (_, index) => row(index)).join('\n')
const rolesOf = ({ columns }: Dataset): Record<string, string> => Object.fromEntries((columns ?? []).map(({ name, role }) => [name, role]))
const valuesOf = ({ input }: Dataset): number[] => (input.kind === 'numbers' ? Array.from(input.values) : [])

describe('CSV tables', () => {
  it('finds the words to answer, the numbers to answer from, and a column that only counts', async () => {
    const data = await read(`Id,SepalLength,SepalWidth,Species\n${rows(30, (index) => `${index + 1},${5 + index / 10},${3 + (index % 3)},${['setosa', 'versicolor', 'virginica'][index % 3]}`)}`)
    expect(rolesOf(data)).toEqual({ Id: 'ignored', SepalLength: 'input', SepalWidth: 'input', Species: 'label' })
    expect(data.target).toMatchObject({ kind: 'classes', labels: ['setosa', 'versicolor', 'virginica'] })
    expect(valuesOf(data).slice(0, 4)).toEqual([5, 3, Math.fround(5.1), 4])
    expect(data.origin(0)).toBe('data.csv, line 2')
  })

  it('sees a regression in numbers that vary, and classes in a few whole ones', async () => {
    const random = createRandom(1)
    const priced = await read(`area,rooms,price\n${rows(40, () => `${random.uniform(20, 200)},${random.integer(1, 5)},${random.uniform(1e5, 1e6)}`)}`)
    expect(rolesOf(priced)).toEqual({ area: 'input', rooms: 'input', price: 'number' })
    expect(priced.target).toMatchObject({ kind: 'numbers', columns: ['price'] })
    const graded = await read(`a,b,y\n${rows(40, (index) => `${random.uniform()},${random.uniform()},${index % 4}`)}`)
    expect(graded.target).toMatchObject({ kind: 'classes', labels: ['0', '1', '2', '3'] })
  })

  it('takes a column by the name of an answer, wherever it stands', async () => {
    expect(rolesOf(await read(`diagnosis,radius\n${rows(20, (index) => `${index % 2 ? 'M' : 'B'},${index * 1.7}`)}`))).toEqual({ diagnosis: 'label', radius: 'input' })
  })

  it('turns categories into a column each, and leaves names out with a warning', async () => {
    const data = await read(`name,sex,age,survived\n${rows(40, (index) => `passenger ${index},${index % 3 ? 'female' : 'male'},${20 + index},${index % 2}`)}`)
    expect(data.input).toMatchObject({ columns: ['sex = female', 'sex = male', 'age'] })
    expect(valuesOf(data).slice(0, 6)).toEqual([0, 1, 20, 1, 0, 21])
    expect(data.warnings).toEqual([expect.stringMatching(/'name' is not used: it holds words, with 40 different values/)])
  })

  it('answers from the only column even where it counts', async () => {
    expect(valuesOf(await read(rows(30, (index) => `${index},${index * 1.5 + 0.25}`))).slice(0, 3)).toEqual([0, 1, 2])
    expect(rolesOf(await read(rows(30, (index) => `${index},${(index * 7919) % 13},${index * 1.5 + 0.25}`)))).toEqual({ 'column 1': 'ignored', 'column 2': 'input', 'column 3': 'number' })
  })

  it('follows the roles that are given, also to several numbers', async () => {
    const text = `a;b;c;d\n${rows(20, (index) => `${index};${index * 2};${index * 3};${index % 2}`)}`
    const data = await read(text, { numbers: 'b, c', ignore: 'd', inputs: 'a' })
    expect(rolesOf(data)).toEqual({ a: 'input', b: 'number', c: 'number', d: 'ignored' })
    expect(data.target).toMatchObject({ columns: ['b', 'c'] })
    expect(labelsOf(await read(text, { label: '4' })).slice(0, 2)).toEqual(['0', '1'])
    await expect(read(text, { label: 'e' })).rejects.toThrow(/Option 'label': data.csv has no column 'e'. It has a, b, c, d/)
    await expect(read(text, { labels: 'a' })).rejects.toThrow(/Data format 'table'.*labels/)
  })

  it('skips bad rows and says why', async () => {
    const data = await read(`x,y,label\n1,2,a\n1,2\n3,,b\n3,oops,b\n5,6,\n7,8,b\n${rows(40, (index) => `${index},${index},${index % 2 ? 'a' : 'b'}`)}`)
    expect(data.count).toBe(42)
    expect(data.skipped.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
      'data.csv, line 3: It has 2 cells instead of 3.', "data.csv, line 4: Column 'y' is empty.", "data.csv, line 5: Column 'y' holds 'oops', which is not a number.", "data.csv, line 6: The label in column 'label' is empty.",
    ])
  })

  it('refuses a table of bad rows only, and one class only', async () => {
    await expect(read('x,y,label\n1,?,a\n?,2,b\n?,3,a\n', { label: 'label' })).rejects.toThrow(/holds no example that can be used. 3 were skipped; the first is data.csv, line 2/)
    await expect(read(`x,label\n${rows(20, (index) => `${index},a`)}`)).rejects.toThrow(/one class only, 'a' \(20 examples\)/)
  })

  it('reads a table to learn from and one to test on in the same folder', async () => {
    const text = (count: number): string => `x,kind\n${rows(count, (index) => `${index / 3},${index % 2 ? 'odd' : 'even'}`)}`
    const data = await readFiles(await filesIn({ 'train.csv': text(20), 'test.csv': `${text(4)}\n9,neither` }))
    expect(data.parts?.filter((part) => part === 1).length).toBe(4)
    expect(data.skipped).toEqual([{ where: 'test.csv, line 6', reason: "The label 'neither' is not among the classes to learn." }])
  })
})
