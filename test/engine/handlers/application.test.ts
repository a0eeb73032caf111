import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initialSettings } from '#engine/application/settings.ts'
import { badPictures } from '../../support/bad-pictures.ts'
import { failureOf, openTestEngine } from '../../support/engine-client.ts'
import type { TestEngine } from '../../support/engine-client.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

describe('the application', () => {
  let engine: TestEngine
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-files-'))
  beforeAll(async () => { engine = await openTestEngine() })
  afterAll(async () => { await engine.dispose(); rmSync(folder, { recursive: true, force: true }) })

  it('says what it is and whose work it is made of', async () => {
    const about = await engine.client.application.about()
    expect(about).toMatchObject({ shell: 'browser', dataFolder: engine.dataFolder })
    expect(about.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(about.runtime).toMatch(/^onnxruntime 1\.\d+/)
    const names = about.licenses.map(({ name }) => name)
    for (const name of ['onnxruntime-node', 'sharp', 'vue', 'three', 'zod']) expect(names).toContain(name)
    expect(about.licenses.every(({ text }) => text.length > 20)).toBe(true)
  })

  it('keeps settings', async () => {
    expect(await engine.client.application.setSettings({ theme: 'light' })).toMatchObject({ theme: 'light', device: 'cpu' })
    expect(JSON.parse(readFileSync(join(engine.dataFolder, 'settings.json'), 'utf8'))).toMatchObject({ theme: 'light' })
    const again = await openTestEngine({ dataFolder: engine.dataFolder })
    expect(await again.client.application.settings()).toMatchObject({ theme: 'light' })
    await again.dispose()
  })

  it('starts with damaged settings, and with a data folder made of nothing', async () => {
    const broken = join(folder, 'broken')
    const first = await openTestEngine({ dataFolder: broken })
    await first.dispose()
    writeFileSync(join(broken, 'settings.json'), '{"theme": 7')
    writeFileSync(join(broken, 'recents.json'), 'null')
    const engineAgain = await openTestEngine({ dataFolder: broken })
    expect(await engineAgain.client.application.settings()).toEqual({ ...initialSettings, device: 'cpu', threads: 1 })
    expect(await engineAgain.client.models.recent()).toEqual([])
    await engineAgain.dispose()
  })

  it('names every bad picture, and goes on', async () => {
    for (const { name, bytes, says } of await badPictures()) {
      const path = join(folder, name)
      writeFileSync(path, bytes)
      const error = await failureOf(engine.client.pictures.open({ source: { kind: 'path', path } }))
      expect(error.code, name).toBe('picture-unreadable')
      expect(error.message, name).toMatch(says)
    }
  })

  it.each([
    ['nothing', '/nowhere/at/all.png', 'file-missing', /there is no such file/],
    ['a folder', tmpdir(), 'file-unreadable', /is a folder/],
    ['a device', '/dev/null', 'file-unreadable', /not a regular file/],
    ['a very long path', `/tmp/${'x'.repeat(5000)}`, 'file-unreadable', /path is too long/],
    ['a path with a zero', '/tmp/a\0b', 'file-unreadable', /zero character/],
  ])('says why %s cannot be opened', async (_, path, code, says) => {
    for (const call of [engine.client.pictures.open({ source: { kind: 'path', path } }), engine.client.models.open({ source: { kind: 'path', path } })]) {
      const error = await failureOf(call)
      expect(error.code).toBe(code)
      expect(error.message).toMatch(says)
      expect(error.message).not.toContain('\n')
    }
  })

  it('takes a picture in slices', async () => {
    const { bytes } = { bytes: readFileSync(join(import.meta.dirname, '../../../resources/pictures/cat.png')) }
    const { id } = await engine.client.files.begin({ name: 'my cat.png', size: bytes.length })
    for (let at = 0; at < bytes.length; at += 50_000) await engine.client.files.append({ id, data: new Blob([Uint8Array.from(bytes.subarray(at, at + 50_000))]) })
    const source = await engine.client.files.finish({ id })
    const picture = await engine.client.pictures.open({ source })
    expect(picture).toMatchObject({ name: 'my cat.png', picture: createHash('sha256').update(bytes).digest('hex') })
    expect(await failureOf(engine.client.pictures.open({ source: { kind: 'upload', id: '../../x' } }))).toMatchObject({ code: 'file-missing' })
  })

  it('shows a picture as the model sees it, and saves the word on its preprocessing', async () => {
    const model = await engine.client.models.open({ source: { kind: 'sample', id: 'phosphene-24' } })
    const picture = await engine.client.pictures.open({ source: { kind: 'sample', id: 'cat' } })
    const seen = await engine.client.pictures.asSeenBy({ model: model.model, picture: picture.picture })
    expect(seen).toMatchObject({ width: model.preprocessing!.preprocessing.width, height: model.preprocessing!.preprocessing.height })
    const changed = { ...model.preprocessing!.preprocessing, fit: 'stretch' as const }
    const { record, savedTo } = await engine.client.models.setPreprocessing({ model: model.model, preprocessing: changed })
    expect(record).toMatchObject({ source: 'user', confirmed: true, preprocessing: { fit: 'stretch' } })
    // A sample is not the user's own file: its record lies in the data folder.
    expect(savedTo.startsWith(engine.dataFolder)).toBe(true)
    await engine.client.models.close({ model: model.model })
    expect((await engine.client.models.open({ source: { kind: 'sample', id: 'phosphene-24' } })).preprocessing).toMatchObject({ source: 'saved', preprocessing: { fit: 'stretch' } })
    expect(await failureOf(engine.client.models.setPreprocessing({ model: model.model, preprocessing: { ...changed, mean: [1] } }))).toMatchObject({ code: 'preprocessing-invalid' })
  })

  it('frees what it keeps for speed', async () => {
    const model = await engine.client.models.open({ source: { kind: 'sample', id: 'phosphene-24' } })
    const picture = await engine.client.pictures.open({ source: { kind: 'sample', id: 'cat' } })
    await engine.client.activations.run({ model: model.model, picture: picture.picture })
    expect((await engine.client.application.clearCache()).freedBytes).toBeGreaterThan(1e5)
    await engine.client.activations.run({ model: model.model, picture: picture.picture })
  })

  it('lists its devices', async () => {
    const { devices, choice } = await engine.client.devices.list({ again: false })
    expect(devices.find(({ id }) => id === 'cpu')).toMatchObject({ state: 'passed' })
    expect(choice.inUse).toBe('cpu')
  })
})

describeWithTestdata('records beside a model', () => {
  it('are written where the model lies, or in the data folder where that is read-only, and are used again', async () => {
    const engine = await openTestEngine()
    const folder = mkdtempSync(join(tmpdir(), 'phosphene-model-'))
    const path = join(folder, 'näts (1).onnx')
    writeFileSync(path, readFileSync(testdata('models/cifar10-pytorch-tutorial-cnn.onnx')))
    const model = await engine.client.models.open({ source: { kind: 'path', path } })
    const preprocessing = { ...model.preprocessing!.preprocessing, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
    const beside = await engine.client.models.setPreprocessing({ model: model.model, preprocessing })
    expect(beside.savedTo).toBe(join(folder, 'näts (1).phosphene.json'))
    await engine.client.models.close({ model: model.model })
    expect((await engine.client.models.open({ source: { kind: 'path', path } })).preprocessing).toMatchObject({ source: 'saved', preprocessing: { mean: [0.5, 0.5, 0.5] } })

    rmSync(beside.savedTo)
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o555)
      const elsewhere = await engine.client.models.setPreprocessing({ model: model.model, preprocessing })
      expect(elsewhere.savedTo.startsWith(engine.dataFolder)).toBe(true)
      chmodSync(folder, 0o755)
    }
    // A damaged record is told of, and does not keep the model from opening.
    writeFileSync(join(folder, 'näts (1).phosphene.json'), '{"mean": ')
    await engine.client.models.close({ model: model.model })
    expect((await engine.client.models.open({ source: { kind: 'path', path } })).preprocessing?.source).not.toBe('saved')
    const notices = await engine.client.jobs.notices()
    for await (const notice of notices) {
      expect(notice.message).toMatch(/is not JSON/)
      break
    }
    await engine.dispose()
    rmSync(folder, { recursive: true, force: true })
  })
})

describe('the catalogue over the wire', () => {
  it('streams its progress and ends with a source that opens; an error ends it with a message', async () => {
    let status = 404
    const server = createServer((_, response) => { response.writeHead(status).end('nothing') })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const engine = await openTestEngine({ catalogueUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const entries = await engine.client.catalogue.list()
    expect(entries.length).toBeGreaterThan(20)
    const download = async () => { for await (const _ of await engine.client.catalogue.download({ name: 'mnist-12' })); }
    expect(await failureOf(download())).toMatchObject({ code: 'download-failed', message: expect.stringContaining('answered 404') as string })
    status = 500
    expect(await failureOf(download())).toMatchObject({ code: 'download-failed' })
    expect(await failureOf(engine.client.models.open({ source: { kind: 'catalogue', name: 'mnist-12' } }))).toMatchObject({ code: 'file-missing' })
    expect(existsSync(join(engine.dataFolder, 'models', 'mnist-12.onnx'))).toBe(false)
    await engine.dispose()
    server.close()
  })
})
