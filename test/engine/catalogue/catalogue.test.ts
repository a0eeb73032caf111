import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueModels, openCatalogue } from '#engine/catalogue/catalogue.ts'

describe('the models listed', () => {
  it('have distinct names and whole preprocessing', () => {
    expect(new Set(catalogueModels.map(({ name }) => name)).size).toBe(catalogueModels.length)
    for (const { name, input, preprocessing } of catalogueModels) {
      const channels = input.shape.length === 4 && input.shape[3] === 3 ? 3 : input.shape[1]
      if (preprocessing) expect([preprocessing.mean.length, preprocessing.std.length], name).toEqual([channels, channels])
    }
  })
})

describe('the catalogue', () => {
  const content = Buffer.from('an onnx file, in a way')
  const model = { ...catalogueModels[0]!, name: 'tiny', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), urls: ['https://models.example/some/path/tiny.onnx'] }
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-catalogue-'))
  const paths: (string | undefined)[] = []
  const server = createServer((request, response) => { paths.push(request.url); response.end(content) })
  const open = () => openCatalogue({ folder: join(folder, 'models'), models: [model], baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => { server.close(); rmSync(folder, { recursive: true, force: true }) })

  it('fetches from the base address, keeps the file, and lists it as downloaded', async () => {
    const catalogue = open()
    await expect(catalogue.pathOf('tiny')).rejects.toThrow(/is not downloaded/)
    expect(await catalogue.list()).toMatchObject([{ name: 'tiny', downloaded: false, partialBytes: 0 }])
    const [path] = await Promise.all([catalogue.fetch('tiny', {}), expect(catalogue.fetch('tiny', {})).rejects.toThrow(/already being downloaded/)])
    expect(paths).toEqual(['/some/path/tiny.onnx'])
    expect(existsSync(path)).toBe(true)
    expect(await open().list()).toMatchObject([{ downloaded: true }])
    expect(await open().pathOf('tiny')).toBe(path)
    expect(catalogue.recognize(model.sha256)?.name).toBe('tiny')
    expect(catalogue.recognize('0')).toBeUndefined()
  })

  it('reports and removes partial files', async () => {
    const catalogue = open()
    await catalogue.remove('tiny')
    writeFileSync(join(folder, 'models', 'tiny.onnx.part'), 'an on')
    expect(await catalogue.list()).toMatchObject([{ downloaded: false, partialBytes: 5 }])
    await catalogue.remove('tiny')
    expect(await catalogue.list()).toMatchObject([{ downloaded: false, partialBytes: 0 }])
  })

  it('names what it has when asked for something else', async () => {
    await expect(open().fetch('../etc/passwd', {})).rejects.toThrow(/has no model '..\/etc\/passwd'. It has: tiny/)
  })
})
