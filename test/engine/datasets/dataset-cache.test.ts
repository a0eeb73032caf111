import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DatasetCache } from '#engine/datasets/dataset-cache.ts'
import { filesIn } from '../../support/data-files.ts'

const table = (rows: number): string => `x,kind\n${Array.from({ length: rows }, (_, index) => `${index / 3},${index % 2 ? 'odd' : 'even'}`).join('\n')}`
const digits = { kind: 'generator', name: 'digits', options: { count: 2000 } } as const

describe('data sets that were loaded lately', () => {
  it('are read once, also by two at the same time', async () => {
    const cache = new DatasetCache()
    const [first, second] = await Promise.all([cache.load(digits, { seed: 1 }), cache.load(digits, { seed: 1 })])
    expect(first).toBe(second)
    expect(await cache.load(digits, { seed: 1 })).toBe(first)
    expect(await cache.load(digits, { seed: 2 })).not.toBe(first)
  })

  it('are read again when the file was written again', async () => {
    const path = join(await filesIn({ 'd.csv': table(20) }), 'd.csv')
    const cache = new DatasetCache()
    const load = async () => await cache.load({ kind: 'files', path, options: {} }, { seed: 1 })
    expect((await load()).count).toBe(20)
    await writeFile(path, table(30))
    await utimes(path, 1, 2)
    expect((await load()).count).toBe(30)
  })

  it('are given up when nobody waits any more, and only then', async () => {
    const cache = new DatasetCache()
    const pictures = { kind: 'generator', name: 'pictures', options: { count: 400, size: 32 } } as const
    const [one, other] = [new AbortController(), new AbortController()]
    const first = cache.load(pictures, { seed: 1, signal: one.signal }), second = cache.load(pictures, { seed: 1, signal: other.signal })
    const cancelled = expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    one.abort()
    await cancelled
    expect((await second).count).toBe(400)
  })

  it('forget a source that could not be read', async () => {
    const cache = new DatasetCache()
    const folder = await filesIn({})
    const load = async () => await cache.load({ kind: 'files', path: join(folder, 'd.csv'), options: {} }, { seed: 1 })
    await expect(load()).rejects.toMatchObject({ code: 'file-missing' })
    await writeFile(join(folder, 'd.csv'), table(10))
    expect((await load()).count).toBe(10)
  })
})
