import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import type { FileSource } from '#contract/wire.ts'
import { mostRecents, openRecents } from '#engine/library/recents.ts'
import type { Sources } from '#engine/library/sources.ts'

const sources: Sources = {
  locate: (source) => source.kind === 'path' ? Promise.resolve({ path: source.path, name: 'x', bytes: 1, own: true }) : Promise.reject(new AppError('file-missing', 'It is gone.')),
}
const entry = (source: FileSource, title = 'Net') => ({ source, title, subtitle: 's' })

describe('recent models', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'phosphene-recents-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string): FileSource => ({ kind: 'path', path: join(folder, name) })

  it('stand with the latest first, once each, and no more than fit', async () => {
    const recents = await openRecents(folder, sources)
    for (let index = 0; index < mostRecents + 3; index++) await recents.add(entry(file(`${index}.onnx`), `${index}`))
    await recents.add(entry(file('5.onnx'), 'five'))
    const list = await recents.list()
    expect(list.length).toBe(mostRecents)
    expect(list.slice(0, 2).map(({ title }) => title)).toEqual(['five', `${mostRecents + 2}`])
    expect((await (await openRecents(folder, sources)).list()).map(({ title }) => title)).toEqual(list.map(({ title }) => title))
  })

  it('say which files are gone, and are forgotten on request', async () => {
    const recents = await openRecents(folder, sources)
    writeFileSync(join(folder, 'here.onnx'), 'x')
    await recents.add(entry(file('here.onnx')))
    await recents.add(entry(file('gone.onnx')))
    await recents.add(entry({ kind: 'catalogue', name: 'removed' }))
    expect((await recents.list()).map(({ missing }) => missing)).toEqual([true, true, false])
    await recents.forget(file('gone.onnx'))
    expect((await recents.list()).length).toBe(2)
  })

  it('keep the picture that a model was last shown, drawn once', async () => {
    const recents = await openRecents(folder, sources)
    await recents.add(entry(file('a.onnx')))
    let drawn = 0
    const draw = () => { drawn++; return Promise.resolve(Uint8Array.of(1, 2, 3)) }
    await recents.illustrate(file('a.onnx'), 'cat', draw)
    await recents.illustrate(file('a.onnx'), 'cat', draw)
    await recents.illustrate(file('unknown.onnx'), 'cat', draw)
    await recents.add(entry(file('a.onnx'), 'again'))
    expect(drawn).toBe(1)
    const [only] = await recents.list()
    expect(only).toMatchObject({ title: 'again' })
    expect([...new Uint8Array(await only!.thumbnail!.arrayBuffer())]).toEqual([1, 2, 3])
  })

  it('pass over uploads, which nobody can open again', async () => {
    const recents = await openRecents(folder, sources)
    await recents.add(entry({ kind: 'upload', id: 'x' }))
    expect(await recents.list()).toEqual([])
  })

  it('do without a folder that can be written', async () => {
    const recents = await openRecents('/dev/null/nowhere', sources)
    await recents.add(entry(file('a.onnx')))
    expect((await recents.list()).length).toBe(1)
  })
})
