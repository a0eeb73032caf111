/** Every model that can be run opens, runs, and shows every layer that has a picture; the others say why not. */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Picture } from '#contract/models.ts'
import { failureOf, openTestEngine, resourcesFolder } from '../../support/engine-client.ts'
import type { TestEngine } from '../../support/engine-client.ts'
import { describeWithTestdata, hasTestdata, testdata } from '../../support/testdata.ts'

async function showEverything(engine: TestEngine, source: { kind: 'path'; path: string } | { kind: 'sample'; id: string }, picture: Picture) {
  const model = await engine.client.models.open({ source })
  const run = { model: model.model, picture: picture.picture }
  const result = await engine.client.activations.run(run)
  let shown = 0
  for (const layer of model.structure.layers) {
    if (layer.view.type === 'none') continue
    const sheet = await engine.client.activations.sheet({ ...run, layer: layer.id, maxTiles: 16, tileSize: 16, scale: 'map' })
    expect(sheet.pixels.size, layer.id).toBe(sheet.rows * sheet.columns * sheet.tileHeight * sheet.tileWidth)
    const unit = await engine.client.activations.unit({ ...run, layer: layer.id, unit: 0 })
    expect(unit.map.data.size, layer.id).toBe(4 * unit.map.dims.reduce((product, dim) => product * dim, 1))
    await engine.client.activations.vector({ ...run, layer: layer.id })
    const links = await engine.client.activations.links({ model: model.model, layer: layer.id, unit: 0, count: 8 })
    for (const link of [...links.incoming, ...links.outgoing]) expect(model.structure.layers.some(({ id }) => id === link.layer), link.layer).toBe(true)
    shown++
  }
  for (const { layer } of await engine.client.kernels.layers({ model: model.model })) {
    const sheet = await engine.client.kernels.sheet({ model: model.model, layer, offset: 0, count: 4, inputs: 4, sort: 'index' })
    expect(sheet.kernels.data.size, layer).toBe(4 * sheet.kernels.dims.reduce((product, dim) => product * dim, 1))
  }
  return { model, result, shown }
}

describe('the bundled samples', () => {
  let engine: TestEngine
  beforeAll(async () => { engine = await openTestEngine() })
  afterAll(() => engine.dispose())

  it('show everything, and the model names its pictures', async () => {
    const pictures = await engine.client.pictures.samples()
    const [sample] = await engine.client.models.samples()
    expect(sample && pictures[0]?.thumbnail).toBeDefined()
    const picture = await engine.client.pictures.open({ source: { kind: 'sample', id: pictures[0]!.id } })
    const { model, result } = await showEverything(engine, { kind: 'sample', id: sample!.id }, picture)
    expect(model.preprocessing).toMatchObject({ source: 'metadata', confirmed: true })
    expect(result.top[0]?.probability).toBeGreaterThan(0.5)
    let named = 0
    for (const { id } of pictures) {
      const opened = await engine.client.pictures.open({ source: { kind: 'sample', id } })
      const { top } = await engine.client.activations.run({ model: model.model, picture: opened.picture })
      if (id.startsWith(top[0]!.label.replaceAll(/[^a-z]+/gi, '-').toLowerCase())) named++
    }
    expect(named).toBe(pictures.length)
    expect(await engine.client.models.recent()).toMatchObject([{ source: { kind: 'sample', id: sample!.id }, missing: false }])
    expect((await engine.client.models.recent())[0]!.thumbnail?.size).toBeGreaterThan(100)
  })
})

describeWithTestdata('the models of the test data', () => {
  let engine: TestEngine
  let picture: Picture
  beforeAll(async () => {
    engine = await openTestEngine()
    picture = await engine.client.pictures.open({ source: { kind: 'path', path: testdata('images/photos/n02391049_zebra.jpg') } })
  })
  afterAll(() => engine.dispose())
  const notRunnable = 'mnist-cntk-onnxmodels.onnx'
  const files = hasTestdata ? readdirSync(testdata('models')) : []

  it.each(files.filter((file) => file !== notRunnable))('%s shows everything', async (file) => {
    const { model, result, shown } = await showEverything(engine, { kind: 'path', path: testdata(`models/${file}`) }, picture)
    expect(shown).toBeGreaterThan(3)
    const pictured = model.task === 'image-to-image' || model.task === 'generator'
    expect(result.outputPicture !== undefined).toBe(pictured)
    expect(result.top.length > 0).toBe(model.task === 'classifier')
  })

  it('the model of operator set 1 opens and says why it cannot be run', async () => {
    const model = await engine.client.models.open({ source: { kind: 'path', path: testdata(`models/${notRunnable}`) } })
    expect(model.summary.notRunnable).toBeDefined()
    expect(await failureOf(engine.client.activations.run({ model: model.model, picture: picture.picture }))).toMatchObject({ code: 'model-unsupported' })
    expect((await engine.client.kernels.layers({ model: model.model })).length).toBeGreaterThanOrEqual(0)
  })
})

it('samples lie where they are looked for', () => { expect(readdirSync(resourcesFolder)).toContain('models') })
