import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenModel, Picture } from '#contract/models.ts'
import { readNpy } from '#engine/lib/npy.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import { bytesOf, failureOf, floatsOf, openTestEngine } from '../../support/engine-client.ts'
import type { TestEngine } from '../../support/engine-client.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

describeWithTestdata('exploring a classifier', () => {
  let engine: TestEngine
  let model: OpenModel
  let picture: Picture
  beforeAll(async () => {
    engine = await openTestEngine()
    model = await engine.client.models.open({ source: { kind: 'path', path: testdata('models/squeezenet1.1-caffe.onnx') } })
    picture = await engine.client.pictures.open({ source: { kind: 'path', path: testdata('images/photos/n01806143_peacock.jpg') } })
  })
  afterAll(() => engine.dispose())
  const run = () => ({ model: model.model, picture: picture.picture })
  const layerNamed = (part: string) => model.structure.layers.find(({ id }) => id.includes(part))!.id

  it('opens with its structure and a record that waits for a picture', () => {
    expect(model.task).toBe('classifier')
    expect(model.preprocessing).toMatchObject({ source: 'guessed', confirmed: false, candidates: [] })
    expect(model.structure.layers.length).toBeGreaterThan(20)
    expect(picture).toMatchObject({ name: 'n01806143_peacock.jpg' })
  })

  it('runs, guessing the recipe from the picture, and names it', async () => {
    const result = await engine.client.activations.run(run())
    expect(result.top[0]).toMatchObject({ label: 'peacock' })
    expect(result).toMatchObject({ classes: 1000, device: 'cpu' })
    expect(result.top.length).toBe(5)
    const reopened = await engine.client.models.open({ source: { kind: 'path', path: testdata('models/squeezenet1.1-caffe.onnx') } })
    expect(reopened.model).toBe(model.model)
    expect(reopened.preprocessing?.candidates[0]?.id).toBe('caffe')
  })

  it('gives every pictured layer as a sheet whose bytes follow its values', async () => {
    for (const layer of model.structure.layers) {
      if (layer.view.type === 'none') continue
      const sheet = await engine.client.activations.sheet({ ...run(), layer: layer.id, maxTiles: 64, tileSize: 32, scale: 'map' })
      expect(sheet.units.length, layer.id).toBe(Math.min(64, sheet.total))
      expect((await bytesOf(sheet.pixels)).length, layer.id).toBe(sheet.rows * sheet.columns * sheet.tileHeight * sheet.tileWidth)
    }
    const layer = layerNamed('fire2/expand3x3')
    const sheet = await engine.client.activations.sheet({ ...run(), layer, maxTiles: 64, tileSize: 512, scale: 'layer' })
    const pixels = await bytesOf(sheet.pixels)
    const unit = await engine.client.activations.unit({ ...run(), layer, unit: 3 })
    const map = await floatsOf(unit.map)
    expect(unit.map.dims).toEqual([sheet.tileHeight, sheet.tileWidth])
    const step = (sheet.high[3]! - sheet.low[3]!) / 255
    for (let row = 0; row < sheet.tileHeight; row += 7) {
      const shown = sheet.low[3]! + step * pixels[(Math.floor(3 / sheet.columns) * sheet.tileHeight + row) * sheet.columns * sheet.tileWidth + (3 % sheet.columns) * sheet.tileWidth + 5]!
      expect(Math.abs(shown - map[row * sheet.tileWidth + 5]!)).toBeLessThanOrEqual(step)
    }
    expect(unit.rank).toBeGreaterThanOrEqual(1)
    expect(unit.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(map.length)
    expect(unit.kernelNorm).toBeGreaterThan(0)
  })

  it('follows units through concatenations and pools to the layers whose weights make and read them', async () => {
    // squeeze1x1 of fire3 reads fire2's two expansions, one after the other.
    const incoming = (await engine.client.activations.links({ model: model.model, layer: layerNamed('fire3/squeeze1x1'), unit: 0, count: 256 })).incoming
    expect(incoming.length).toBe(128)
    expect(new Set(incoming.map(({ layer }) => layer))).toEqual(new Set([layerNamed('fire2/expand1x1'), layerNamed('fire2/expand3x3')]))
    expect(incoming.every(({ norm, weight }) => norm >= Math.abs(weight) - 1e-6)).toBe(true)
    expect(incoming.map(({ norm }) => norm)).toEqual(incoming.map(({ norm }) => norm).sort((a, b) => b - a))
    const back = (await engine.client.activations.links({ model: model.model, layer: incoming[0]!.layer, unit: incoming[0]!.unit, count: 256 })).outgoing
    expect(back.find(({ layer, unit }) => layer === layerNamed('fire3/squeeze1x1') && unit === 0)).toMatchObject({ norm: incoming[0]!.norm, weight: incoming[0]!.weight })
    // conv1 reads the picture and is read, through a pool, by fire2's squeeze.
    const first = await engine.client.activations.links({ model: model.model, layer: layerNamed('conv1'), unit: 5, count: 256 })
    expect(first.incoming.map(({ unit }) => unit).sort()).toEqual([0, 1, 2])
    expect(new Set(first.outgoing.map(({ layer }) => layer))).toEqual(new Set([layerNamed('fire2/squeeze1x1')]))
    const pooled = await engine.client.activations.links({ model: model.model, layer: model.structure.layers.find(({ kind }) => kind === 'pooling')!.id, unit: 5, count: 256 })
    expect(pooled.incoming).toEqual([{ layer: layerNamed('conv1'), unit: 5, weight: 1, norm: 1 }])
    expect(pooled.outgoing).toEqual(first.outgoing)
  })

  it('shows kernels: the first layer in red-green-blue order, sorted as asked', async () => {
    const layers = await engine.client.kernels.layers({ model: model.model })
    expect(layers.length).toBe(26)
    expect(layers[0]).toMatchObject({ color: true, outputs: 64, inputsPerGroup: 3, kernel: [3, 3] })
    expect(layers.slice(1).some(({ color }) => color)).toBe(false)
    const ask = (sort: 'index' | 'norm' | 'similarity', layer = layers[0]!.layer) => engine.client.kernels.sheet({ model: model.model, layer, offset: 0, count: 64, inputs: 256, sort })
    const [byIndex, byNorm, bySimilarity] = [await ask('index'), await ask('norm'), await ask('similarity')]
    expect(byIndex.outputs).toEqual(Array.from({ length: 64 }, (_, index) => index))
    const norms = byNorm.outputs.map((output) => byNorm.norms[output]!)
    expect(norms).toEqual([...norms].sort((a, b) => b - a))
    expect([...bySimilarity.outputs].sort((a, b) => a - b)).toEqual(byIndex.outputs)
    const weights = await floatsOf(byIndex.kernels)
    expect(byIndex.kernels.dims).toEqual([64, 3, 3, 3])
    expect(Math.max(...weights.map(Math.abs))).toBeCloseTo(byIndex.extent, 6)
    expect(Math.hypot(...weights.subarray(0, 27))).toBeCloseTo(byIndex.norms[0]!, 4)
  })

  it('gives any layer as .npy', async () => {
    const { name, data } = await engine.client.activations.npy({ ...run(), layer: layerNamed('conv1') })
    expect(name).toMatch(/^[\w.-]+\.npy$/)
    expect(readNpy(await bytesOf(data), name)).toMatchObject({ dataType: 'float32', dims: [1, 64, 113, 113] })
    const unit = await engine.client.activations.npy({ ...run(), layer: layerNamed('conv1'), unit: 2 })
    expect(readNpy(await bytesOf(unit.data), name).dims).toEqual([113, 113])
  })

  it('explains an answer as a stream, and saves it with the recipe that made it', async () => {
    const request = { ...run(), target: { kind: 'top', rank: 1 } as const, methods: [{ method: 'gradient', options: {} }], seed: 1 }
    const events = []
    for await (const event of await engine.client.explain.run(request)) events.push(event)
    expect(events[0]).toMatchObject({ type: 'start', target: { label: 'peacock' }, device: 'cpu' })
    const map = events.find((event) => event.type === 'map')!
    expect(map).toMatchObject({ method: 'gradient', map: { dims: [227, 227] } })
    const png = await engine.client.explain.save({ ...request, format: 'png', opacity: 0.7, style: 'overlay' })
    expect(readRecipe(await bytesOf(png.data))).toMatchObject({ kind: 'explain', seed: 1, model: { sha256: model.model }, picture: { sha256: picture.picture } })
    const npy = await engine.client.explain.save({ ...request, format: 'npy', opacity: 1, style: 'map' })
    const saved = readNpy(await bytesOf(npy.data), npy.name)
    expect(new Float32Array(saved.bytes.buffer)).toEqual(new Float32Array(map.map.data.slice().buffer))
  })

  it('says what is wrong with a request', async () => {
    expect(await failureOf(engine.client.activations.sheet({ ...run(), layer: 'fire99', maxTiles: 1, tileSize: 1, scale: 'map' }))).toMatchObject({ code: 'layer-invalid' })
    expect(await failureOf(engine.client.activations.unit({ ...run(), layer: layerNamed('conv1'), unit: 64 }))).toMatchObject({ code: 'target-invalid', message: expect.stringContaining('0 to 63') as string })
    expect(await failureOf(engine.client.activations.run({ ...run(), picture: 'nothing' }))).toMatchObject({ code: 'not-found' })
    expect(await failureOf(engine.client.activations.run({ ...run(), model: 'nothing' }))).toMatchObject({ code: 'not-found' })
    const stream = (async () => { for await (const _ of await engine.client.explain.run({ ...run(), target: { kind: 'class', index: 5000 }, methods: [{ method: 'gradient', options: {} }], seed: 1 })); })()
    expect(await failureOf(stream)).toMatchObject({ code: 'target-invalid' })
  })
})

describe('an engine', () => {
  it('can be made and disposed of without anything opened', async () => {
    const engine = await openTestEngine()
    expect(await engine.client.models.recent()).toEqual([])
    await engine.dispose()
  })
})
