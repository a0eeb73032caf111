import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeatureTarget, FeaturesSettings, ObjectiveTerm } from '#contract/features.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { decodePicture } from '#engine/images/decode.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { int, ints } from '#engine/onnx/attributes.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import type { Checkpoint } from '#engine/synthesis/define-work.ts'
import { resolveTerm } from '#engine/synthesis/unit.ts'
import { graph, modelOf, node } from '../../support/graph-builder.ts'
import { finishWork, resource, workRun } from '../../support/run-work.ts'
import type { WorkBench } from '../../support/run-work.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
let display: DisplaySpace
let layer: string
let bench: WorkBench

beforeAll(async () => {
  network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime })
  display = { preprocessing: (await initialRecord(network, {}))!.preprocessing }
  layer = network.structure.layers.filter((each) => each.kind === 'convolution').at(4)!.id
  bench = { runtime, network, preprocessing: display.preprocessing, pictures: { balloon: photographs()[0]! } }
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

const photographs = (): string[] => readdirSync(resource('pictures')).filter((name) => name.endsWith('.png')).map((name) => resource(`pictures/${name}`))
const target = (...terms: Partial<ObjectiveTerm>[]): FeatureTarget => ({ name: 'made', title: 'Made', terms: terms.map((term) => ({ id: 'channel', weight: 1, ...term })) })
const unitTarget = (unit: number, more: Partial<ObjectiveTerm> = {}): FeatureTarget => target({ layer, unit, ...more })
const recipeFor = (targets: FeatureTarget | readonly FeatureTarget[], more: Partial<FeaturesSettings> = {}, seed = 3): Extract<SynthesisRecipe, { kind: 'features' }> => ({
  kind: 'features', seed, model: { sha256: network.id, name: 'phosphene-24' },
  settings: { targets: [targets].flat(), parameterisation: 'fourier', optimiser: 'adam', steps: 48, batch: 1, alpha: false, ...more },
})
const make = (targets: FeatureTarget, more: Partial<FeaturesSettings> = {}, seed = 3) => finishWork(bench, recipeFor(targets, more, seed))

/** What a person would see in the file: 8 bits a channel. */
const written = ({ dims, data }: FloatTensor): FloatTensor => floatTensor(dims, data.map((value) => Math.round(255 * value) / 255))

async function meanOfUnit(picture: FloatTensor, tensor: string, unit: number): Promise<number> {
  const value = (await network.forward({ [displayInput]: picture }, [tensor], { display }))[tensor]!
  const positions = value.data.length / value.dims[1]!
  return (value.data as Float32Array).subarray(unit * positions, (unit + 1) * positions).reduce((sum, each) => sum + each, 0) / positions
}

describe('a picture made for a unit', () => {
  it('excites it more than any of the pictures does, read back from 8 bits', async () => {
    for (const unit of [0, 7, 19]) {
      const tensor = resolveTerm({ network, display }, { id: 'channel', weight: 1, layer, unit }, 1).tensor!
      const seen = await Promise.all(photographs().map(async (path) => meanOfUnit(preparePicture(network, display.preprocessing, await decodePicture(readFileSync(path), path)).display, tensor, unit)))
      const { pictures: [picture] } = await make(unitTarget(unit))
      expect(await meanOfUnit(written(picture!), tensor, unit)).toBeGreaterThan(Math.max(...seen))
    }
  })

  it('makes the network sure of a class, by its score and by its probability', async () => {
    for (const id of ['logit', 'probability']) {
      const { pictures: [picture], values } = await make(target({ id, class: 3 }), { steps: 96 })
      const answers = (await network.forward({ [displayInput]: written(picture!) }, [network.outputs[0]!], { display }))[network.outputs[0]!]!.data as Float32Array
      expect(answers[3], id).toBeGreaterThan(0.99)
      expect(values.at(-1)).toBeGreaterThan(values[0]!)
    }
  })

  it('silences it where the weight is negative', async () => {
    const tensor = resolveTerm({ network, display }, { id: 'channel', weight: 1, layer, unit: 7 }, 1).tensor!
    const gray = floatTensor([1, 3, 96, 96], new Float32Array(3 * 96 * 96).fill(0.5))
    const { pictures: [picture] } = await make(unitTarget(7, { weight: -1 }))
    expect(await meanOfUnit(picture!, tensor, 7)).toBeLessThan(await meanOfUnit(gray, tensor, 7))
  })

  it('is the same for the same seed, also after other targets of the same graph, and another for another seed', async () => {
    const alone = await make(unitTarget(1), { steps: 4 })
    const after = await finishWork(bench, recipeFor([{ ...unitTarget(2), name: 'before' }, unitTarget(1)], { steps: 4 }))
    const other = await make(unitTarget(1), { steps: 4 }, 4)
    expect(after.pictures[1]!.data).toEqual(alone.pictures[0]!.data)
    expect(other.pictures[0]!.data).not.toEqual(alone.pictures[0]!.data)
  })

  it('grows with every optimiser, and with every parameterisation', async () => {
    for (const [optimiser, parameterisation] of [['adam', 'pixel'], ['gradient-ascent', 'pixel'], ['lbfgs', 'fourier'], ['adam', 'fourier'], ['adam', 'pyramid'], ['adam', 'cppn']] as const) {
      const { run, made: [made] } = await make(unitTarget(2), { optimiser, parameterisation, steps: 24, transforms: {} })
      const { first, last } = made!.item.facts as { first: number; last: number }
      expect(last, `${optimiser}, ${parameterisation}`).toBeGreaterThan(first + 0.05)
      expect(run.seconds).toBeGreaterThan(0)
    }
  })

  it('has the extent that was asked for, down to what one unit sees', async () => {
    const early = network.structure.layers.filter((each) => each.kind === 'convolution')[1]!
    const { pictures: [field] } = await make(target({ layer: early.id, unit: 0 }), { steps: 2, size: 'field' })
    expect(field!.dims[2]).toBe(Math.max(64, Math.ceil((2 * early.receptiveField!.height) / 16) * 16))
    const { pictures: [large] } = await make(unitTarget(0), { steps: 2, size: 128 })
    expect(large!.dims).toEqual([1, 3, 128, 128])
  })

  it('becomes transparent where nothing depends on it', async () => {
    const { pictures: [picture], made: [made] } = await make(target({ id: 'neuron', layer, unit: 4 }), { steps: 64, alpha: true })
    expect(picture!.dims[1]).toBe(4)
    const side = picture!.dims[2]!
    const alpha = (row: number, column: number): number => picture!.data[3 * side * side + row * side + column]!
    const corners = (alpha(2, 2) + alpha(2, side - 3) + alpha(side - 3, 2) + alpha(side - 3, side - 3)) / 4
    const middle = Math.max(...Array.from({ length: 24 }, (_, at) => alpha(side / 2 - 12 + at, side / 2)))
    expect(middle).toBeGreaterThan(corners + 0.2)
    expect(made!.bytes[25]).toBe(6) // PNG's color type: RGB with alpha.
  })
})

describe('several pictures at once', () => {
  const differences = (pictures: readonly FloatTensor[]): number[] => pictures.slice(1).map((picture, at) => picture.data.reduce((sum, value, index) => sum + Math.abs(value - pictures[at]!.data[index]!), 0) / picture.data.length)

  it('are unlike each other where diversity counts, and excite the unit all the same', async () => {
    const plain = await make(target({ layer, unit: 5 }), { batch: 3, steps: 48 })
    const diverse = await make(target({ layer, unit: 5 }, { id: 'diversity', layer, weight: 0.5, relative: true }), { batch: 3, steps: 48 })
    expect(plain.made.map(({ item }) => item.name)).toEqual(['made-1', 'made-2', 'made-3'])
    const { tensor, units } = resolveTerm({ network, display }, { id: 'diversity', weight: 1, layer }, 3)
    const likeness = async (pictures: readonly FloatTensor[]): Promise<number> => {
      const rows = await Promise.all(pictures.map(async (picture) => {
        const { data } = (await network.forward({ [displayInput]: picture }, [tensor!], { display }))[tensor!]!
        const positions = data.length / units
        const maps = Array.from({ length: units }, (_, unit) => { const map = Array.from(data as Float32Array).slice(unit * positions, (unit + 1) * positions); const mean = map.reduce((sum, value) => sum + value, 0) / positions; return map.map((value) => value - mean) })
        const gram = maps.flatMap((one) => maps.map((other) => one.reduce((sum, value, at) => sum + value * other[at]!, 0)))
        const length = Math.hypot(...gram)
        return gram.map((value) => value / length)
      }))
      return rows[0]!.reduce((sum, value, at) => sum + value * rows[1]![at]! + value * rows[2]![at]!, 0)
    }
    // Of two cosines.
    expect(2 - await likeness(diverse.pictures)).toBeGreaterThan(2 * (2 - await likeness(plain.pictures)))
    const gray = await meanOfUnit(floatTensor([1, 3, 96, 96], new Float32Array(3 * 96 * 96).fill(0.5)), tensor!, 5)
    for (const picture of diverse.pictures) expect(await meanOfUnit(picture, tensor!, 5)).toBeGreaterThan(gray)
  })

  it('lead from one unit to another, without jumps where they are aligned', async () => {
    const { pictures } = await make(target({ id: 'interpolation', layer, unit: 1, towards: 9 }, { id: 'alignment', layer, weight: 0.5, relative: true }), { batch: 4, steps: 48 })
    const tensor = resolveTerm({ network, display }, { id: 'channel', weight: 1, layer, unit: 1 }, 1).tensor!
    const of = (unit: number) => Promise.all([pictures[0]!, pictures[3]!].map((picture) => meanOfUnit(picture, tensor, unit)))
    const [one, nine] = [await of(1), await of(9)]
    expect(one[0]! - nine[0]!).toBeGreaterThan(one[1]! - nine[1]! + 0.5)
    const loose = await make(target({ id: 'interpolation', layer, unit: 1, towards: 9 }), { batch: 4, steps: 48 })
    expect(Math.max(...differences(pictures))).toBeLessThan(Math.max(...differences(loose.pictures)))
  })
})

describe('units of joined branches', () => {
  /** Sleeping ones: behind their branches' ReLUs gray noise excites neither. */
  const joined = { layer: 'mixed3', unit: 5, towards: 40 }
  const valueOf = async (picture: FloatTensor, unit: number): Promise<number> => {
    const { tensor = '', term } = resolveTerm({ network, display }, { id: 'channel', weight: 1, layer: joined.layer, unit }, 1)
    return await meanOfUnit(picture, tensor, term.unit ?? 0)
  }

  it('lead from one to the other though both sleep at first', async () => {
    const { pictures } = await make(target({ id: 'interpolation', ...joined }), { batch: 3, steps: 24, size: 'field' })
    const leaning = async (picture: FloatTensor): Promise<number> => await valueOf(picture, joined.unit) - await valueOf(picture, joined.towards)
    expect(await leaning(pictures[0]!)).toBeGreaterThan(await leaning(pictures[2]!) + 0.5)
    expect(await valueOf(pictures[0]!, joined.unit)).toBeGreaterThan(0.5)
    expect(await valueOf(pictures[2]!, joined.towards)).toBeGreaterThan(0.5)
  })

  it('are woken where they are taken in proportion', async () => {
    const direction = Array.from({ length: 120 }, (_, unit) => Number(unit === joined.unit || unit === joined.towards))
    const { values } = await make(target({ id: 'direction', layer: joined.layer, direction, power: 1 }), { steps: 32, size: 'field' })
    expect(values.at(-1)).toBeGreaterThan(0.3)
  })
})

describe('a picture made from a picture', () => {
  it('cannot be told from it by the layer that was inverted', async () => {
    const early = network.structure.layers.filter((each) => each.kind === 'convolution')[0]!.id
    const inversion = target({ id: 'inversion', layer: early, picture: { sha256: 'balloon', name: 'balloon.png' } })
    const { values, made: [made], pictures: [picture] } = await make(inversion, { steps: 128 })
    // Minus the share of the activations' size that is missed.
    expect(made!.item.facts['reached']).toBeGreaterThan(-0.15)
    expect(values[0]).toBeLessThan(-0.5)
    // Held still and smooth, it is the picture; moved about as for units, it is not.
    const path = photographs()[0]!
    const own = preparePicture(network, display.preprocessing, await decodePicture(readFileSync(path), path)).display.data
    const away = ({ data }: FloatTensor): number => Math.sqrt(data.reduce((sum, value, at) => sum + (value - own[at]!) ** 2, 0) / data.length)
    const { pictures: [moved] } = await make(inversion, { steps: 128, transforms: { jitter: 5, rotate: 5 }, penalties: [] })
    expect(away(picture!)).toBeLessThan(0.12)
    expect(away(picture!)).toBeLessThan(0.8 * away(moved!))
  })

  it('has more of what the layer finds in it', async () => {
    const { values } = await make(target({ id: 'caricature', layer, picture: { sha256: 'balloon', name: 'balloon.png' }, power: 2 }), { steps: 32 })
    expect(values.at(-1)).toBeGreaterThan(values[0]!)
  })
})

describe('a run that is interfered with', () => {
  it('goes on from what was kept as if nothing had been', async () => {
    const whole = await make(unitTarget(6), { steps: 80 })
    const kept: Checkpoint[] = []
    const first = workRun(bench, recipeFor(unitTarget(6), { steps: 80 }), { sink: { onCheckpoint: (checkpoint) => { kept.push(checkpoint) }, onProgress: ({ step }) => { if (step >= 5) first.pause(); if (step >= 5) setTimeout(() => first.cancel(), 5) } } })
    await expect(first.run()).rejects.toMatchObject({ code: 'cancelled' })
    const resumed = await finishWork(bench, recipeFor(unitTarget(6), { steps: 80 }), { from: kept.at(-1)! })
    expect(kept.at(-1)!.step).toBeLessThan(80)
    expect(resumed.pictures[0]!.data).toEqual(whole.pictures[0]!.data)
  })

  it('says when its settings were changed, and is the same when it is made again so', async () => {
    const run = workRun(bench, recipeFor(unitTarget(6), { steps: 10 }), { sink: { onItem: ({ bytes }) => { steered = bytes }, onProgress: ({ step }) => { if (step === 1) run.change({ ...recipeFor(unitTarget(6), { steps: 10 }).settings, rate: 0.2 }) } } })
    let steered: Uint8Array | undefined
    await run.run()
    expect(run.recipe.changes).toMatchObject([{ step: 2, settings: { rate: 0.2 } }])
    const { made } = await finishWork(bench, run.recipe)
    expect(made[0]!.bytes).toEqual(steered)
    const plain = await make(unitTarget(6), { steps: 10 })
    expect(plain.made[0]!.values).not.toEqual(made[0]!.values)
  })

  it('ends when it is cancelled', async () => {
    await expect(finishWork(bench, recipeFor(unitTarget(0)), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('what cannot be made', () => {
  it.each<[string, () => FeatureTarget, Partial<FeaturesSettings>, RegExp]>([
    ['an unknown layer', () => target({ layer: 'attic', unit: 0 }), {}, /no layer 'attic'/],
    ['a unit that there is not', () => unitTarget(5000), {}, /no unit 5000 of .*: it has \d+ units, 0 to \d+/],
    ['no unit', () => target({ layer }), {}, /'Channel' needs a unit/],
    ['a class that there is not', () => target({ id: 'logit', class: 24 }), {}, /no class 24: the model tells 24 classes apart, 0 to 23/],
    ['an unknown objective', () => target({ id: 'beauty', layer }), {}, /no objective 'beauty'\. There are: alignment/],
    ['no steps', () => unitTarget(0), { steps: 0 }, /settings of 'features' are not right.*steps/],
    ['an unknown transform', () => unitTarget(0), { transforms: { shear: 1 } }, /no transform 'shear'/],
    ['a set of one', () => target({ layer, unit: 0 }, { id: 'diversity', layer }), {}, /compares pictures with each other: make at least 2/],
    ['a direction of the wrong length', () => target({ id: 'direction', layer, direction: [1, 2] }), {}, /has \d+ numbers, one a unit; got 2/],
    ['an inversion of nothing', () => target({ id: 'inversion', layer }), {}, /needs a picture/],
    ['only penalties', () => target({ id: 'l1' }), {}, /only restrains the picture/],
    ['only diversity', () => target({ id: 'diversity', layer }), { batch: 2 }, /only restrains the picture/],
    ['a place outside of the map', () => target({ id: 'neuron', layer, unit: 0, position: [99, 0] }), {}, /no place 99, 0/],
    ['a rate beyond all bounds', () => unitTarget(0), { rate: 1e39 }, /rate/],
  ])('is refused by name: %s', async (_, targetOf, changes, message) => {
    await expect(make(targetOf(), changes)).rejects.toThrow(message)
  })
})

describe('a unit that sleeps', () => {
  it('is woken through its depthwise convolution: a ReLU that is silent on noise lets no gradient through', async () => {
    // Bright pictures alone reach past the first convolution's bias.
    const sleeper = await openNetwork(modelOf(graph([
      node('Conv', 'x w b', 'a', { pads: ints([0, 0, 0, 0]) }), node('Relu', 'a', 'r'), node('Conv', 'r d e', 'z', { group: int(2) }), node('Relu', 'z', 'y'),
    ], [['x', [1, 1, 16, 16]]], 'y', {
      w: float32Tensor([2, 1, 3, 3], new Float32Array(18).fill(1)), b: float32Tensor([2], Float32Array.of(-7, 0)), d: float32Tensor([2, 1, 1, 1], Float32Array.of(1, 1)), e: float32Tensor([2], Float32Array.of(0.3, 0.3)),
    })), { runtime })
    const preprocessing = { input: 'x', layout: 'NCHW', channels: 'GRAY', scale: 1, mean: [0], std: [1], invert: false, height: 16, width: 16, fit: 'stretch', labels: [], output: 'none' } as const
    const { id } = sleeper.structure.layers.filter(({ kind }) => kind === 'convolution')[1]!
    for (const unit of [0, 1]) {
      const { values } = await finishWork({ runtime, network: sleeper, preprocessing: { ...preprocessing, mean: [0], std: [1], labels: [] } }, recipeFor(target({ layer: id, unit }), { steps: 48, transforms: {} }))
      // What wakes it counts a thousandth: asleep, it would stay where it was.
      expect(values.at(-1), `unit ${unit}`).toBeGreaterThan(values[0]! + 0.3)
    }
    await sleeper.dispose()
  })
})

describe('what restrains a picture', () => {
  const flatness = (picture: FloatTensor): number => picture.data.reduce((sum, value, at) => sum + (at % 64 === 0 ? 0 : Math.abs(value - picture.data[at - 1]!)), 0) / picture.data.length

  it('counts in sizes of what is excited where its weight is relative: as smooth for scores a thousand times as large', async () => {
    const of = (scale: number) => make(unitTarget(2, { weight: scale }), { steps: 24, size: 64, penalties: [{ id: 'total-variation', weight: 2, relative: true }] })
    const [small, large] = [await of(1), await of(1000)]
    const free = await make(unitTarget(2), { steps: 24, size: 64, penalties: [] })
    const [bound, boundLarge, unbound] = [small, large, free].map(({ pictures }) => flatness(pictures[0]!)) as [number, number, number]
    expect(bound).toBeLessThan(0.8 * unbound)
    // Where the slope is nearly none its sign is decided by rounding, and Adam follows the sign: alike, not equal.
    expect(Math.abs(boundLarge / bound - 1)).toBeLessThan(0.1)
  })

  it('goes on with the same weights when it is resumed', async () => {
    const settings: Partial<FeaturesSettings> = { steps: 80, size: 64, penalties: [{ id: 'l2', weight: 1, relative: true }] }
    const whole = await make(unitTarget(6), settings)
    const kept: Checkpoint[] = []
    const first = workRun(bench, recipeFor(unitTarget(6), settings), { sink: { onCheckpoint: (checkpoint) => { kept.push(checkpoint) }, onProgress: ({ step }) => { if (step >= 5) { first.pause(); setTimeout(() => first.cancel(), 5) } } } })
    await expect(first.run()).rejects.toMatchObject({ code: 'cancelled' })
    const resumed = await finishWork(bench, recipeFor(unitTarget(6), settings), { from: kept.at(-1)! })
    expect(resumed.pictures[0]!.data).toEqual(whole.pictures[0]!.data)
  })
})
