import { describe, expect, it } from 'vitest'
import { DataKind } from '#contract/training.ts'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { dataKinds } from '#engine/datasets/data-kinds.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { generators } from '#engine/datasets/registry.ts'
import { labelsOf, pictureOf } from '../../support/data-files.ts'

type Options = Record<string, string | number | boolean>
const make = async (name: string, options: Options = {}, seed = 1): Promise<Dataset> => await loadDataset({ kind: 'generator', name, options }, { seed })
const rowsOf = ({ input }: Dataset): number[][] => {
  if (input.kind !== 'numbers') throw new TypeError('These are no numbers.')
  return Array.from({ length: input.values.length / input.columns.length }, (_, row) => Array.from(input.values.subarray(row * input.columns.length, (row + 1) * input.columns.length)))
}
const answersOf = ({ target }: Dataset): number[] => (target.kind === 'numbers' ? Array.from(target.values) : [])

describe('generators', () => {
  it.each([...generators.keys()])('%s: the same seed gives the same examples, another seed others', async (name) => {
    const options = { count: 40 }
    const [first, again, other] = await Promise.all([make(name, options), make(name, options), make(name, options, 2)])
    expect([again.input, again.target]).toEqual([first.input, first.target])
    expect(other.input).not.toEqual(first.input)
    expect(first.count).toBe(40)
  })

  it('tell their options as forms need them', () => {
    const kinds = dataKinds()
    expect([...kinds.formats, ...kinds.generators].every((kind) => DataKind.safeParse(kind).success)).toBe(true)
    expect(kinds.generators.map(({ id }) => id).slice(0, 3)).toEqual(['kilometres', 'ladybirds', 'logic'])
    expect(kinds.generators.find(({ id }) => id === 'logic')?.options[0]).toEqual({ type: 'choice', id: 'operation', title: 'Operation', help: '', choices: [{ id: 'and', title: 'AND' }, { id: 'or', title: 'OR' }, { id: 'xor', title: 'XOR' }, { id: 'nand', title: 'NAND' }], initial: 'xor' })
    expect(kinds.generators.find(({ id }) => id === 'digits')?.options[0]).toMatchObject({ type: 'integer', id: 'count', initial: 5000, minimum: 20 })
  })

  it('accept the initial values of their forms', async () => {
    for (const { id, options } of dataKinds().generators) {
      const initial = Object.fromEntries(options.map((option) => [option.id, option.id === 'count' || option.id === 'validation' ? 40 : option.initial]))
      expect((await make(id, initial)).count, id).toBeGreaterThanOrEqual(40)
    }
  })

  it('refuse unknown names and options in words', async () => {
    await expect(make('rainbows')).rejects.toThrow(/There is no generator 'rainbows'. There are kilometres, ladybirds/)
    await expect(make('digits', { count: 'many' })).rejects.toThrow(/Generator 'digits': option 'count': /)
    await expect(make('points', { shape: 'circle', classes: 3 })).rejects.toThrow(/only 'gauss' and 'spiral' have more than two classes/)
    await expect(make('pictures', { classes: 'cat, unicorn' })).rejects.toThrow(/there is no 'unicorn'; there are apple/)
    await expect(make('yes-no', { weights: 'six' })).rejects.toThrow(/expected 1 to 8 numbers, as '6 2 2', got 'six'/)
  })

  it('kilometres: one factor', async () => {
    const data = await make('kilometres')
    rowsOf(data).forEach(([kilometres = 0], index) => { expect(answersOf(data)[index]).toBeCloseTo(kilometres / 1.609344, 4) })
  })

  it('ladybirds: one line through the middle tells them apart', async () => {
    const data = await make('ladybirds', { count: 1000 })
    const labels = labelsOf(data)
    const right = rowsOf(data).filter(([width = 0, length = 0], index) => (width > length ? 'ladybird' : 'caterpillar') === labels[index])
    expect(right.length).toBeGreaterThan(990)
  })

  it.each([['and', '0001'], ['or', '0111'], ['xor', '0110'], ['nand', '1110']])('logic: %s', async (operation, answers) => {
    const data = await make('logic', { operation, noise: 0, count: 8 })
    rowsOf(data).forEach(([a = 0, b = 0], index) => { expect(labelsOf(data)[index]).toBe(answers[a * 2 + b] === '1' ? 'true' : 'false') })
  })

  it('yes-no: weights against a threshold', async () => {
    const data = await make('yes-no', { weights: '6 2 2', threshold: 5 })
    rowsOf(data).forEach(([weather], index) => { expect(labelsOf(data)[index]).toBe(weather === 1 ? 'yes' : 'no') })
    const close = await make('yes-no', { weights: '6 2 2', threshold: 3 })
    rowsOf(close).forEach(([a = 0, b = 0, c = 0], index) => { expect(labelsOf(close)[index]).toBe(6 * a + 2 * b + 2 * c >= 3 ? 'yes' : 'no') })
  })

  it('sensors: 100,000 rows, linear up to the noise', async () => {
    const data = await make('sensors')
    expect(data.count).toBe(100_000)
    const answers = answersOf(data)
    const errors = rowsOf(data).map(([temperature = 0, pressure = 0, flow = 0], index) => answers[index]! - (4.2 * temperature - 1.5 * (pressure - 1013) + 35 * flow + 120))
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)).toBeCloseTo(5, 0)
  })

  it.each(['circle', 'xor', 'gauss', 'spiral', 'line', 'moons'])('points: %s fills the square and has both classes', async (shape) => {
    const data = await make('points', { shape, noise: 0, count: 2000 })
    const [rows, labels] = [rowsOf(data), labelsOf(data)]
    expect(Math.max(...rows.flat().map(Math.abs))).toBeGreaterThan(4)
    expect(labels.filter((label) => label === 'blue').length).toBe(1000)
    if (shape === 'circle') rows.forEach(([x = 0, y = 0], index) => { expect(Math.hypot(x, y) < 3).toBe(labels[index] === 'blue') })
    if (shape === 'xor') rows.forEach(([x = 0, y = 0], index) => { expect(x * y > 0).toBe(labels[index] === 'blue') })
  })

  it('digit-sum: two digits side by side, and their sum', async () => {
    const data = await make('digit-sum', { count: 50 })
    expect(data.input).toMatchObject({ height: 28, width: 56 })
    answersOf(data).forEach((sum, index) => { expect(data.origin(index).split(' + ').map(Number).reduce((a, b) => a + b)).toBe(sum) })
    const halves = pictureOf(data, 0).reduce((sums, value, at) => { sums[Number(at % 56 >= 28)]! += value; return sums }, [0, 0])
    expect(Math.min(...halves)).toBeGreaterThan(1000)
    expect(labelsOf(await make('digit-sum', { count: 50, answer: 'class' }))).toEqual(answersOf(data).map(String))
  })

  it('pictures: a subset of the classes, and a held-out part of its own', async () => {
    const data = await make('pictures', { classes: 'cat, owl', count: 6, validation: 4, size: 32 })
    expect(data).toMatchObject({ count: 10, input: { channels: 3, height: 32, width: 32 }, target: { labels: ['cat', 'owl'] } })
    expect(Array.from(data.parts ?? [])).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    expect(labelsOf(await make('cats-and-dogs', { count: 4, size: 32 }))).toEqual(['cat', 'dog', 'cat', 'dog'])
  })
})
