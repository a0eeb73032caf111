import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { largestUploadBytes, openUploads } from '#engine/library/uploads.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('uploads', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'phosphene-uploads-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('put slices together in the order in which they were sent, also when nobody waits in between', async () => {
    const uploads = openUploads(folder)
    const id = await uploads.begin('net.onnx', 6)
    const received = await Promise.all([uploads.append(id, bytes(1, 2, 3)), uploads.append(id, bytes(4)), uploads.append(id, bytes(5, 6))])
    expect(Math.max(...received)).toBe(6)
    await uploads.finish(id)
    expect([...readFileSync(await uploads.pathOf(id))]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('are found again by an engine that was restarted', async () => {
    const id = await openUploads(folder).begin('picture.png', 0)
    const uploads = openUploads(folder)
    await expect(uploads.pathOf(id)).rejects.toThrow(/no longer there/)
    await expect(uploads.append(id, bytes(1))).rejects.toThrow(/not known/)
    const whole = await uploads.begin('picture.png', 1)
    await uploads.append(whole, bytes(1))
    await uploads.finish(whole)
    expect(basename(await openUploads(folder).pathOf(whole))).toBe('picture.png')
  })

  it('refuse what is larger or smaller than announced, or larger than anything', async () => {
    const uploads = openUploads(folder)
    const id = await uploads.begin('x', 2)
    await expect(uploads.append(id, bytes(1, 2, 3))).rejects.toThrow(/3 of 2 bytes/)
    await uploads.append(id, bytes(1))
    await expect(uploads.finish(id)).rejects.toThrow(/1 of 2 bytes/)
    await expect(uploads.begin('x', largestUploadBytes + 1)).rejects.toThrow(/too large/)
  })

  it.each([['../../etc/passwd', 'passwd'], ['C:\\nets\\net.onnx', 'net.onnx'], ['nät 1 (2).onnx', 'nät 1 (2).onnx'], ['..', 'file'], ['a\0b', 'a_b'], [`${'x'.repeat(300)}.onnx`, `${'x'.repeat(115)}.onnx`]])('keep of the name %j what is a file name: %j', async (name, kept) => {
    const uploads = openUploads(folder)
    const id = await uploads.begin(name, 0)
    await uploads.finish(id)
    expect(await uploads.pathOf(id)).toBe(join(folder, id, kept))
  })

  it('say so where they cannot be kept', async () => {
    await expect(openUploads('/dev/null/nowhere').begin('x', 1)).rejects.toMatchObject({ code: 'file-unwritable' })
  })

  it('take no path for an id', async () => {
    for (const id of ['..', '../uploads', '/etc/passwd', '']) await expect(openUploads(folder).pathOf(id)).rejects.toMatchObject({ code: 'file-missing' })
  })

  it('are cleaned away once they are old', async () => {
    const uploads = openUploads(folder)
    const ids = await Promise.all(['old', 'new'].map((name) => uploads.begin(name, 3)))
    for (const id of ids) {
      await uploads.append(id, bytes(1, 2, 3))
      await uploads.finish(id)
    }
    const old = await uploads.pathOf(ids[0]!)
    utimesSync(old, 0, 0)
    expect(await uploads.clean(60_000)).toBe(3)
    expect(existsSync(old)).toBe(false)
    expect(existsSync(await uploads.pathOf(ids[1]!))).toBe(true)
  })
})
