import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DreamSettings } from '#contract/dream.ts'
import { AppError } from '#contract/errors.ts'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { createMaskSource } from '#engine/synthesis/dream/mask.ts'
import { encodePng } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'
import { dreamOf, smallNetwork, texture } from '../../../support/small-dream.ts'
import type { DreamOptions } from '../../../support/small-dream.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
beforeAll(async () => { network = await smallNetwork(runtime) })
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

const picture = texture(60, 80, 1)
const dream = (settings: Partial<DreamSettings> = {}, options: DreamOptions = {}, source = picture) => dreamOf(network, runtime, source, { steps: 5, octaves: 3, jitter: 8, ...settings }, options)
const largest = (a: FloatTensor, b: FloatTensor): number => a.data.reduce((worst, value, at) => Math.max(worst, Math.abs(value - b.data[at]!)), 0)

describe('a dream', () => {
  it('excites its layer more in every octave', async () => {
    const { values } = await dream({ steps: 8 })
    for (let octave = 0; octave < 3; octave++) expect(values[8 * octave + 7]!).toBeGreaterThan(values[8 * octave]!)
    expect(values).toHaveLength(24)
  })
  it('is the same for the same seed and another for another, and leaves its source as it was', async () => {
    const kept = picture.data.slice()
    const [first, again, other] = [await dream({}, { seed: 1 }), await dream({}, { seed: 1 }), await dream({}, { seed: 2 })]
    expect(again.picture.data).toEqual(first.picture.data)
    expect(largest(first.picture, other.picture)).toBeGreaterThan(0.01)
    expect(picture.data).toEqual(kept)
  })
  it('goes on from any step to the same pixels', async () => {
    const settings: Partial<DreamSettings> = { targets: [{ layer: 'second', weight: 1 }, { layer: 'first', weight: 0.5, channels: { kind: 'strongest', count: 3 } }], balance: 1 }
    const whole = await dream(settings)
    for (const step of [0, 4, 7, 13]) {
      const rest = await dream(settings, { from: whole.states[step]! })
      expect(rest.picture.data).toEqual(whole.picture.data)
      expect(rest.values).toEqual(whole.values.slice(step + 1))
    }
  })
  it('is no other when its picture is computed in tiles, but for what tiles cannot see', async () => {
    const [height, width, frame] = [300, 500, 16]
    const source = texture(height, width, 3)
    const [whole, tiled] = [await dream({ octaves: 1, jitter: 0, steps: 1 }, {}, source), await dream({ octaves: 1, jitter: 0, steps: 1, tile: 192 }, {}, source)]
    // The layer sees 9 pixels around: tiles give up more than that at their borders. At the picture's own, the last tile sees a mirror in the place of zeros.
    const inside = (at: number): boolean => at % width >= frame && at % width < width - frame && Math.floor(at / width) % height >= frame && Math.floor(at / width) % height < height - frame
    const worst = whole.picture.data.reduce((sum, value, at) => (inside(at) ? Math.max(sum, Math.abs(value - tiled.picture.data[at]!)) : sum), 0)
    expect(worst).toBeLessThan(5e-4)
  })
  it('is left to the tiles\' way, from its first step on, where a device cannot take a step as one graph', async () => {
    let refused = 0
    const failing = new Proxy(runtime, {
      get(of, name) {
        if (name === 'device') return async () => ({ ...(await of.device()), inUse: 'webgpu' })
        if (name === 'openSteps') return () => { refused += 1; return Promise.reject(new AppError('run-failed', 'too large')) }
        const value: unknown = Reflect.get(of, name)
        return typeof value === 'function' ? value.bind(of) as unknown : value
      },
    })
    const settings: Partial<DreamSettings> = { octaves: 2, steps: 3, targets: [{ layer: 'second', weight: 1 }, { layer: 'first', weight: 0.5, channels: { kind: 'strongest', count: 3 } }], smoothing: 0.8, pyramid: 2 }
    const [whole, apart] = [await dream(settings), await dreamOf(network, failing, picture, { jitter: 8, ...settings })]
    expect(refused).toBe(2)
    expect(largest(whole.picture, apart.picture)).toBeLessThan(1e-5)
    whole.values.forEach((value, at) => expect(apart.values[at]! / value).toBeCloseTo(1, 5))
  })
  it('follows settings that are changed on the way', async () => {
    const { states } = await dream({ octaves: 1 }, { onStep: ({ step }) => (step === 3 ? { ...stepping(1e-6) } : undefined) })
    const moved = (step: number): number => largest(states[step]!.picture, states[step - 1]!.picture)
    expect(moved(2)).toBeGreaterThan(1e-3)
    expect(moved(3)).toBeLessThan(1e-4)
  })
})

const stepping = (stepSize: number): DreamSettings => ({
  picture: { sha256: '', name: '' }, targets: [{ layer: 'second', weight: 1 }], octaves: 1, scale: 1.4, steps: 5, jitter: 8, edges: 'mirror', stepSize, smoothing: 0, pyramid: 0, balance: 0, evenness: 0, natural: 0, originalColors: false, formats: ['webp'], carry: 0,
})

describe('what is dreamt of', () => {
  it('is each layer by its share, whatever its scale', async () => {
    const both = async (first: number, second: number) => (await dream({ octaves: 1, jitter: 0, targets: [{ layer: 'first', weight: first }, { layer: 'second', weight: second }] })).picture
    const [one, other, mixed] = [await both(1, 0), await both(0, 1), await both(1, 1)]
    const alone = (await dream({ octaves: 1, jitter: 0, targets: [{ layer: 'first', weight: 1 }] })).picture
    expect(largest(one, alone)).toBeLessThan(1e-4)
    const distance = (a: FloatTensor, b: FloatTensor): number => Math.hypot(...a.data.map((value, at) => value - b.data[at]!))
    expect(distance(mixed, one)).toBeLessThan(distance(one, other))
    expect(distance(mixed, other)).toBeLessThan(distance(one, other))
  })
  it('may be less of something', async () => {
    const { values } = await dream({ octaves: 1, targets: [{ layer: 'second', weight: -1 }] })
    expect(values.at(-1)!).toBeGreaterThan(values[0]!)
    expect(values.at(-1)!).toBeLessThanOrEqual(0)
  })
  it('are the strongest or weakest channels of the octave', async () => {
    const strong = await dream({ octaves: 2, targets: [{ layer: 'second', weight: 1, channels: { kind: 'strongest', count: 2 } }] })
    const { channels: [chosen] } = strong.states[0]!.steering as { channels: number[][] }
    expect(chosen!.filter((weight) => weight === 1)).toHaveLength(2)
    expect(chosen!.reduce((sum, weight) => sum + weight, 0)).toBe(2)
    const weak = await dream({ octaves: 2, targets: [{ layer: 'second', weight: 1, channels: { kind: 'weakest', count: 2 } }] })
    const { channels: [others] } = weak.states[0]!.steering as { channels: number[][] }
    expect(chosen!.every((weight, channel) => weight * others![channel]! === 0)).toBe(true)
    expect(weak.values.at(-1)!).toBeGreaterThan(weak.values[0]!)
  })
})

describe('a painted mask', () => {
  const halfMask = async (): Promise<string> => Buffer.from(await encodePng(pixelsOf(4, 2, Uint8Array.from({ length: 24 }, (_, at) => (Math.floor(at / 3) % 4 < 2 ? 255 : 0))))).toString('base64')
  it('keeps what is black as it was', async () => {
    const mask = await halfMask()
    const { picture: made } = await dream({ octaves: 1, mask }, { mask: createMaskSource() })
    const change = (left: boolean): number => made.data.reduce((sum, value, at) => sum + (left === (at % 80 < 24) && (left || at % 80 >= 56) ? Math.abs(value - picture.data[at]!) : 0), 0)
    expect(change(false)).toBe(0)
    expect(change(true)).toBeGreaterThan(10)
  })
  it('is refused where it is black, or no picture', async () => {
    const black = Buffer.from(await encodePng(pixelsOf(1, 1, new Uint8Array(3)))).toString('base64')
    await expect(dream({ mask: black }, { mask: createMaskSource() })).rejects.toThrow(/mask is black/)
    await expect(dream({ mask: 'aGVsbG8=' }, { mask: createMaskSource() })).rejects.toThrow(/mask is no picture/)
  })
})

describe('what cannot be dreamt', () => {
  it.each<[string, Partial<DreamSettings>, FloatTensor, RegExp]>([
    ['a picture of one pixel', {}, texture(1, 1, 1), /1 × 1 pixels is too small for 'second'/],
    ['a layer that needs another extent', { targets: [{ layer: 'logits', weight: 1 }] }, texture(24, 40, 1), /40 × 24 pixels is too small for 'logits': give 32 × 32 pixels, the only size/],
    ['an unknown layer', { targets: [{ layer: 'attic', weight: 1 }] }, picture, /no layer 'attic'/],
    ['the picture itself', { targets: [{ layer: 'picture', weight: 1 }] }, picture, /picture itself/],
    ['a channel that there is not', { targets: [{ layer: 'second', weight: 1, channels: { kind: 'some', of: [{ channel: 12, weight: 1 }] } }] }, picture, /no channel 12: it has 12, 0 to 11/],
    ['more channels than there are', { targets: [{ layer: 'second', weight: 1, channels: { kind: 'weakest', count: 13 } }] }, picture, /has 12 channels; the weakest 13/],
    ['nothing but weights of zero', { targets: [{ layer: 'second', weight: 0 }] }, picture, /weight 0/],
  ])('is said in words: %s', async (_, settings, source, message) => {
    await expect(dream(settings, {}, source)).rejects.toThrow(message)
  })
  it('but a layer of one extent can, tile by tile', async () => {
    const { values } = await dream({ octaves: 4, targets: [{ layer: 'logits', weight: 1, channels: { kind: 'some', of: [{ channel: 2, weight: 1 }] } }] })
    expect(values).toHaveLength(10)
    expect(values.at(-1)!).toBeGreaterThan(values[0]!)
  })
  it('and a narrow panorama can', async () => {
    const { values, picture: made } = await dream({ steps: 2, tile: 64 }, {}, texture(12, 900, 2))
    expect(made.dims).toEqual([1, 3, 12, 900])
    expect(values.every(Number.isFinite)).toBe(true)
  })
  it('ends when it is cancelled', async () => {
    const cancel = new AbortController()
    await expect(dream({}, { signal: cancel.signal, onStep: ({ step }) => { if (step === 2) cancel.abort(); return undefined } })).rejects.toMatchObject({ code: 'cancelled' })
  })
})
