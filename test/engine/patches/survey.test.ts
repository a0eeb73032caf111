import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { boxOf, projectionOf } from '#engine/patches/patch-picture.ts'
import { openPictureSet } from '#engine/patches/picture-set.ts'
import type { PictureSet } from '#engine/patches/picture-set.ts'
import { Projector, projectionRule } from '#engine/patches/projection.ts'
import { runSurvey } from '#engine/patches/run-survey.ts'
import type { SurveyPlace, SurveyState } from '#engine/patches/run-survey.ts'
import { Survey } from '#engine/patches/survey.ts'
import { surveyedLayers } from '#engine/patches/survey-graph.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graph, modelOf, node } from '../../support/graph-builder.ts'
import { runModel } from '../../support/run-model.ts'
import { resource } from '../../support/run-work.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
let place: SurveyPlace
let set: PictureSet
let whole: Survey

beforeAll(async () => {
  network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime })
  place = { runtime, network, display: { preprocessing: (await initialRecord(network, {}))!.preprocessing } }
  set = await openPictureSet({ kind: 'files', path: resource('pictures'), options: {} }, loadDataset, { seed: 1 })
  whole = (await runSurvey(place, set, {})).survey
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

/** float32, in another order of sums. */
const digits = 4

describe('what units responded to most', () => {
  it('is what a run of every picture by itself finds, for units of every kind of layer', async () => {
    const layers = surveyedLayers(network)
    for (const layer of [layers[1]!, layers[Math.floor(layers.length / 2)]!, layers.at(-1)!]) {
      const maps = await Promise.all(Array.from({ length: set.count }, async (_, index) => {
        const { display } = preparePicture(network, place.display.preprocessing, await set.pixels(index))
        const value = (await network.forward({ [displayInput]: display }, [layer.tensor], { display: place.display }))[layer.tensor]!.data as Float32Array
        return value
      }))
      for (const unit of [0, layer.units - 1]) {
        const positions = maps[0]!.length / layer.units
        const expected = maps.map((map, picture) => {
          const own = [...map.subarray(unit * positions, (unit + 1) * positions)]
          const value = Math.max(...own)
          return { value, picture, place: own.indexOf(value) }
        }).sort((a, b) => b.value - a.value || a.picture - b.picture).slice(0, 9)
        const found = whole.best(layer.id, unit)
        expect(found.map(({ value }) => value).map((value) => Number(value.toFixed(digits)))).toEqual(expected.map(({ value }) => Number(value.toFixed(digits))))
        // Silent units have the same nothing everywhere: which pictures stand for it means nothing.
        if (expected[0]!.value > expected[1]!.value) expect(found[0]).toMatchObject({ picture: expected[0]!.picture, row: Math.floor(expected[0]!.place / layer.width), column: expected[0]!.place % layer.width })
        expect([...whole.maxima(layer.id, unit)]).toHaveLength(set.count)
      }
    }
  })

  it('is the same when the pass was interrupted and goes on', async () => {
    let keptState: SurveyState | undefined
    const abort = new AbortController()
    const half = new Survey(surveyedLayers(network), 24, set.count)
    await expect(runSurvey(place, set, { signal: abort.signal, from: { survey: half, state: { next: 0, skipped: [] } }, onProgress: (done) => { if (done === 5) { keptState = { next: done, skipped: [] }; abort.abort() } } })).rejects.toMatchObject({ code: 'cancelled' })
    const restored = new Survey(surveyedLayers(network), 24, set.count)
    restored.restore(half.tensors(), half.count)
    const { survey, state } = await runSurvey(place, set, { from: { survey: restored, state: keptState! } })
    expect(state.next).toBe(set.count)
    for (const { id, units } of survey.layers) for (let unit = 0; unit < units; unit += 7) {
      expect(survey.best(id, unit)).toEqual(whole.best(id, unit))
      expect(survey.classMeans(id, unit)).toEqual(whole.classMeans(id, unit))
    }
  })

  it('goes with the classes that the network takes the pictures for', async () => {
    const last = whole.layers.at(-1)!
    const { display } = preparePicture(network, place.display.preprocessing, await set.pixels(0))
    const scores = (await network.forward({ [displayInput]: display }, [network.outputs[0]!], { display: place.display }))[network.outputs[0]!]!.data as Float32Array
    const answer = scores.indexOf(Math.max(...scores))
    // The unit of a class responds most to the pictures of that class.
    expect(whole.classMeans(last.id, answer)[0]!.index).toBe(answer)
    expect(whole.classMeans(last.id, answer).reduce((sum, { pictures }) => sum + pictures, 0)).toBe(set.count)
  })

  it('skips what cannot be read, and says so', async () => {
    const broken: PictureSet = { ...set, count: 3, pixels: (index) => { if (index === 1) throw new AppError('picture-unreadable', 'torn.png is truncated.'); return set.pixels(index) } }
    const { survey, state } = await runSurvey(place, broken, {})
    expect(survey.count).toBe(2)
    expect(state).toEqual({ next: 3, skipped: [{ picture: set.title(1), reason: 'torn.png is truncated.' }] })
  })

  it('shows the part of the picture that the unit saw', () => {
    const layer = whole.layers.find(({ height }) => height > 8)!
    const field = network.structure.layers.find(({ id }) => id === layer.id)!.receptiveField!
    const corner = boxOf(network, layer, { row: 0, column: layer.width - 1 }, { height: 96, width: 96 })
    expect(corner).toMatchObject({ top: 0, width: Math.max(16, field.width), left: 96 - Math.max(16, field.width) })
    expect(boxOf(network, whole.layers.at(-1)!, { row: 0, column: 0 }, { height: 96, width: 96 })).toEqual({ left: 0, top: 0, height: 96, width: 96 })
  })
})

describe('what in a patch made a unit respond', () => {
  it('is the gradient where that is asked for', async () => {
    const layer = whole.layers[2]!
    const [best] = whole.best(layer.id, 3)
    const { display } = preparePicture(network, place.display.preprocessing, await set.pixels(best!.picture))
    const projector = await Projector.open(place, layer, 'gradient')
    const own = await projector.project(display, 3, best!.row, best!.column)
    await projector.dispose()
    const seed = new Float32Array(layer.units * layer.height * layer.width)
    seed[(3 * layer.height + best!.row) * layer.width + best!.column] = 1
    const { gradients } = await network.gradient({ of: layer.tensor, seed: floatTensor([1, layer.units, layer.height, layer.width], seed), wrt: [displayInput], inputs: { [displayInput]: display }, display: place.display })
    const expected = gradients[displayInput]!.data
    expect(Math.max(...own.data.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-6 + 1e-4 * Math.max(...expected.map(Math.abs)))
  })

  it('lets positive signals through alone, at active units alone where it is guided (closed form)', async () => {
    // y = relu(v . relu(W x)): three hidden units, of which the second is silent and the third pulls down.
    const [w, v, x] = [[1, 0, 0, -1, 2, 1], [2, 3, -0.5], [1, 0.5]] as const
    const hidden = [0, 1, 2].map((row) => Math.max(0, w[2 * row]! * x[0] + w[2 * row + 1]! * x[1]))
    expect(hidden[1]).toBe(0)
    const model = modelOf(graph([node('MatMul', 'x w', 'a'), node('Relu', 'a', 'h'), node('MatMul', 'h v', 'b'), node('Relu', 'b', 'y')], [['x', [1, 2]]], 'y', {
      w: float32Tensor([2, 3], [w[0], w[2], w[4], w[1], w[3], w[5]]), v: float32Tensor([3, 1], v),
    }), 18)
    const projected = async (method: 'guided' | 'deconvnet' | 'gradient'): Promise<number[]> => {
      const { model: backward, gradients } = differentiate(model, inferShapes(model), { of: { kind: 'sum', tensor: 'y' }, wrt: ['x'] }, { target: cpuTarget, ...(method === 'gradient' ? {} : { ruleFor: (rule) => projectionRule(rule, method) }) })
      return [...(await runModel(backward, { x: floatTensor([1, 2], Float32Array.of(...x)) }))[gradients.get('x')!]!.data as Float32Array]
    }
    const through = (passes: (unit: number) => boolean): number[] => [0, 1].map((column) => [0, 1, 2].reduce((sum, unit) => sum + (passes(unit) ? v[unit]! * w[2 * unit + column]! : 0), 0))
    expect(await projected('gradient')).toEqual(through((unit) => hidden[unit]! > 0))
    expect(await projected('guided')).toEqual(through((unit) => hidden[unit]! > 0 && v[unit]! > 0))
    expect(await projected('deconvnet')).toEqual(through((unit) => v[unit]! > 0))
  })

  it('is drawn around mid-gray, the largest magnitude of the part as white or black', () => {
    const values = Float32Array.of(0, 2, -1, 8)
    const drawn = projectionOf(floatTensor([1, 1, 2, 2], values), { left: 0, top: 0, width: 2, height: 1 })
    expect([...drawn.data]).toEqual([128, 128, 128, 255, 255, 255])
  })
})
