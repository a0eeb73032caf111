import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodePicture } from '#engine/images/decode.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { defaultTransforms, synthesize } from '#engine/synthesis/synthesize.ts'
import type { SynthesisRequest } from '#engine/synthesis/synthesize.ts'
import { resolveUnit } from '#engine/synthesis/unit.ts'

const resource = (path: string): string => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url))
const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
let display: DisplaySpace
let layer: string

beforeAll(async () => {
  network = await openNetwork(resource('models/phosphene-24.onnx'), { runtime })
  display = { preprocessing: (await initialRecord(network, {}))!.preprocessing }
  layer = network.structure.layers.filter((each) => each.kind === 'convolution').at(4)!.id
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

const requestFor = (unit: SynthesisRequest['objectives'][number]['unit'], more: Partial<SynthesisRequest> = {}): SynthesisRequest => ({
  objectives: [{ id: unit.kind === 'class' ? 'neuron' : 'channel', weight: 1, unit }],
  parameterisation: 'fourier', transforms: defaultTransforms(display), optimiser: 'adam', steps: 48, seed: 3, batch: 1, ...more,
})
const make = (request: SynthesisRequest, signal?: AbortSignal) => synthesize(request, { runtime, network, display, signal })

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
      const { tensor } = resolveUnit(network, display, { kind: 'layer', layer, unit }, true)
      const photographs = await Promise.all(readdirSync(resource('pictures')).filter((name) => name.endsWith('.png')).map(async (name) => {
        const decoded = await decodePicture(readFileSync(resource(`pictures/${name}`)), name)
        return meanOfUnit(preparePicture(network, display.preprocessing, decoded).display, tensor, unit)
      }))
      const { picture } = await make(requestFor({ kind: 'layer', layer, unit }))
      expect(await meanOfUnit(written(picture), tensor, unit)).toBeGreaterThan(Math.max(...photographs))
    }
  })

  it('makes the network sure of a class', async () => {
    const { picture, values } = await make(requestFor({ kind: 'class', index: 3 }, { steps: 96 }))
    const answers = (await network.forward({ [displayInput]: written(picture) }, [network.outputs[0]!], { display }))[network.outputs[0]!]!.data as Float32Array
    expect(answers[3]).toBeGreaterThan(0.99)
    expect(values).toHaveLength(96)
  })

  it('silences it where the weight is negative', async () => {
    const { tensor } = resolveUnit(network, display, { kind: 'layer', layer, unit: 7 }, true)
    const gray = floatTensor([1, 3, 96, 96], new Float32Array(3 * 96 * 96).fill(0.5))
    const { picture } = await make(requestFor({ kind: 'layer', layer, unit: 7 }, { objectives: [{ id: 'channel', weight: -1, unit: { kind: 'layer', layer, unit: 7 } }] }))
    expect(await meanOfUnit(picture, tensor, 7)).toBeLessThan(await meanOfUnit(gray, tensor, 7))
  })

  it('is the same for the same seed, and another for another', async () => {
    const unit = { kind: 'layer', layer, unit: 1 } as const
    const [first, again, other] = [await make(requestFor(unit, { steps: 4 })), await make(requestFor(unit, { steps: 4 })), await make(requestFor(unit, { steps: 4, seed: 4 }))]
    expect(again.picture.data).toEqual(first.picture.data)
    expect(other.picture.data).not.toEqual(first.picture.data)
  })

  it('grows with every optimiser', async () => {
    for (const [optimiser, parameterisation] of [['adam', 'pixel'], ['gradient-ascent', 'pixel'], ['adam', 'fourier']] as const) {
      const { values } = await make(requestFor({ kind: 'layer', layer, unit: 2 }, { optimiser, parameterisation, steps: 24, transforms: {} }))
      expect(values.at(-1)!, `${optimiser}, ${parameterisation}`).toBeGreaterThan(values[0]!)
    }
  })
})

describe('what cannot be made', () => {
  it.each<[string, Partial<SynthesisRequest>, RegExp]>([
    ['an unknown layer', { objectives: [{ id: 'channel', weight: 1, unit: { kind: 'layer', layer: 'attic', unit: 0 } }] }, /no layer 'attic'/],
    ['a class that there is not', { objectives: [{ id: 'neuron', weight: 1, unit: { kind: 'class', index: 24 } }] }, /24 units, 0 to 23/],
    ['an unknown objective', { objectives: [{ id: 'beauty', weight: 1, unit: { kind: 'class', index: 0 } }] }, /no objective 'beauty'\. There are: channel/],
    ['no steps', { steps: 0 }, /number of steps is 0/],
    ['an unknown transform', { transforms: { shear: 1 } }, /no transform 'shear'/],
  ])('is refused by name: %s', async (_, changes, message) => {
    await expect(make({ ...requestFor({ kind: 'class', index: 0 }), ...changes })).rejects.toThrow(message)
  })

  it('ends when it is cancelled', async () => {
    await expect(make(requestFor({ kind: 'class', index: 0 }), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
