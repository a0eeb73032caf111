import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StyleSettings } from '#contract/style.ts'
import { encodePng } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { decodePicture } from '#engine/images/decode.ts'
import type { Checkpoint, StepReport } from '#engine/synthesis/define-work.ts'
import { transferStyle } from '#engine/synthesis/style/transfer.ts'
import { finishWork, resource } from '../../../support/run-work.ts'
import type { WorkBench } from '../../../support/run-work.ts'
import { smallDisplay, smallNetwork } from '../../../support/small-dream.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
const folder = mkdtempSync(join(tmpdir(), 'phosphene-style-test-'))
let network: Network
let bench: WorkBench

/** Noise around a color. */
async function noisy(name: string, [red, green, blue]: readonly [number, number, number], side = 48): Promise<string> {
  const random = createRandom(name.length)
  const data = Uint8Array.from({ length: 3 * side * side }, (_, at) => Math.min(255, Math.max(0, [red, green, blue][at % 3]! + random.normal(0, 25))))
  const path = join(folder, `${name}.png`)
  writeFileSync(path, await encodePng(pixelsOf(side, side, data)))
  return path
}

/** White where `paints`, as the page's brush leaves it. */
async function maskOf(paints: (x: number, y: number) => boolean, side = 64): Promise<string> {
  const data = Uint8Array.from({ length: 3 * side * side }, (_, at) => { const pixel = Math.floor(at / 3); return paints((pixel % side) / side, Math.floor(pixel / side) / side) ? 255 : 0 })
  return Buffer.from(await encodePng(pixelsOf(side, side, data))).toString('base64')
}

beforeAll(async () => {
  network = await smallNetwork(runtime)
  bench = {
    runtime, network, preprocessing: smallDisplay.preprocessing,
    pictures: {
      content: resource('pictures/lighthouse.png'), style: resource('pictures/butterfly.png'), red: await noisy('red', [200, 60, 40]), blue: await noisy('blue', [40, 60, 200]),
      dot: await noisy('dot', [10, 20, 30], 1),
    },
  }
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
  rmSync(folder, { recursive: true, force: true })
})

type Optimise = Extract<StyleSettings, { method: 'optimise' }>
const file = (sha256: string) => ({ sha256, name: sha256 })
const settingsOf = (more: Partial<Optimise> = {}): Optimise => ({
  method: 'optimise', content: file('content'), styles: [{ picture: file('style'), weight: 1, scale: 1 }], statistic: 'gram', contentWeight: 1, styleWeight: 10, smoothness: 0.1,
  optimiser: 'lbfgs', stages: [{ size: 48, steps: 8 }], initial: 'content', color: 'style', ...more,
})
const recipeOf = (settings: Partial<Optimise> = {}, seed = 0, changes?: { step: number; settings: StyleSettings }[]) => ({ kind: 'style' as const, seed, settings: settingsOf(settings), ...(changes ? { changes } : {}) })
const pictureOf = async (settings: Partial<Optimise> = {}, seed = 0): Promise<FloatTensor> => (await finishWork(bench, recipeOf(settings, seed))).pictures[0]!

interface Steering { readonly signal?: AbortSignal; readonly checkpoint?: Checkpoint; readonly onStep?: (report: StepReport) => Promise<void> | void; /** Settings in force behind that step. */ readonly change?: (step: number) => Optimise }

/** As the executor runs it, told of every step. */
const transfer = (settings: Optimise, { signal = new AbortController().signal, checkpoint, onStep, change }: Steering = {}) => transferStyle({
  runtime, network, display: smallDisplay, seed: 0, signal, checkpoint, picture: ({ sha256 }) => decodePicture(readFileSync(bench.pictures![sha256]!), sha256),
  step: async (report) => {
    await onStep?.(report)
    return change?.(report.step) ?? settings
  },
}, settings)

/** Mean of a channel over the columns from `from` up to `to`, shares of the width. */
function meanOf({ dims, data }: FloatTensor, channel: number, from: number, to: number): number {
  const [, , height = 1, width = 1] = dims
  let [sum, count] = [0, 0]
  for (let row = 0; row < height; row++) for (let column = Math.floor(from * width); column < Math.floor(to * width); column++, count++) sum += data[(channel * height + row) * width + column]!
  return sum / count
}

describe('style transfer', () => {
  it.each([['gram', 'lbfgs'], ['wasserstein', 'lbfgs'], ['gram', 'adam']] as const)('lowers its loss (%s, %s)', async (statistic, optimiser) => {
    const { values, made } = await finishWork(bench, recipeOf({ statistic, optimiser, stages: [{ size: 48, steps: 24 }] }))
    expect(values.at(-1)).toBeLessThan(0.6 * values[0]!)
    expect(made[0]!.item).toMatchObject({ name: 'style', extension: 'png', width: 48, height: 48, deep: true })
  })

  it('makes the same pixels of the same seed, and others of another', async () => {
    const [first, again, other] = [await pictureOf({ initial: 'noise' }, 3), await pictureOf({ initial: 'noise' }, 3), await pictureOf({ initial: 'noise' }, 4)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('goes from coarse to fine, and counts its steps over all scales', async () => {
    const reports: StepReport[] = []
    const { picture } = await transfer(settingsOf({ stages: [{ size: 24, steps: 3 }, { size: 48, steps: 2 }] }), { onStep: (report) => { reports.push(report) } })
    expect(reports.map(({ step, steps, facts }) => [step, steps, facts!['width']])).toEqual([[1, 5, 24], [2, 5, 24], [3, 5, 24], [4, 5, 48], [5, 5, 48]])
    expect(picture.dims).toEqual([1, 3, 48, 48])
  })

  it('keeps two styles in the regions that were painted for them', async () => {
    const left = await maskOf((x) => x < 0.5)
    const styles = [{ picture: file('red'), weight: 1, scale: 1, mask: left }, { picture: file('blue'), weight: 1, scale: 1 }]
    const picture = await pictureOf({ styles, contentWeight: 0, styleWeight: 100, stages: [{ size: 48, steps: 60 }] })
    const [red, blue] = [0, 2]
    // A few pixels at the border see both sides.
    expect(meanOf(picture, red, 0, 0.4) - meanOf(picture, blue, 0, 0.4)).toBeGreaterThan(0.3)
    expect(meanOf(picture, blue, 0.6, 1) - meanOf(picture, red, 0.6, 1)).toBeGreaterThan(0.3)
  })

  it('blends styles by their weights where they share the picture', async () => {
    const blend = (weight: number) => pictureOf({ styles: [{ picture: file('red'), weight, scale: 1 }, { picture: file('blue'), weight: 1, scale: 1 }], contentWeight: 0, styleWeight: 100, stages: [{ size: 32, steps: 30 }] })
    const [little, much] = [await blend(0.1), await blend(10)]
    expect(meanOf(much, 0, 0, 1)).toBeGreaterThan(meanOf(little, 0, 0, 1) + 0.1)
  })

  it('keeps the colors of the content: of brightness alone, to the last digit; by recoloring the style, in mean and covariance of what it aims at', async () => {
    const content = await pictureOf({ styleWeight: 0, smoothness: 0, stages: [{ size: 48, steps: 1 }] })
    const styles = [{ picture: file('red'), weight: 1, scale: 1 }]
    const steps = { stages: [{ size: 48, steps: 30 }], styles, styleWeight: 100 }
    const luminance = await pictureOf({ ...steps, color: 'luminance' })
    const plane = 48 * 48
    let worst = 0
    for (let at = 0; at < plane; at++) {
      const values = [0, 1, 2].map((channel) => luminance.data[channel * plane + at]!)
      // Where nothing is clamped, all channels moved alike.
      if (values.every((value) => value > 0 && value < 1)) for (const channel of [1, 2]) worst = Math.max(worst, Math.abs(values[channel]! - values[0]! - (content.data[channel * plane + at]! - content.data[at]!)))
    }
    expect(worst).toBeLessThan(1e-3)
    const redness = (picture: FloatTensor): number => meanOf(picture, 0, 0, 1) - meanOf(picture, 2, 0, 1)
    const [own, histogram] = [await pictureOf(steps), await pictureOf({ ...steps, color: 'histogram' })]
    expect(Math.abs(redness(histogram) - redness(content))).toBeLessThan(0.3 * Math.abs(redness(own) - redness(content)))
  })

  it.each(['lbfgs', 'adam'] as const)('goes on from where it was cancelled as if it had not been (%s)', async (optimiser) => {
    const settings = settingsOf({ optimiser, stages: [{ size: 24, steps: 4 }, { size: 48, steps: 8 }] })
    const whole = await transfer(settings)
    for (const last of [2, 4, 9, 12]) {
      let kept: Checkpoint | undefined
      const abort = new AbortController()
      const stopped = transfer(settings, { signal: abort.signal, onStep: async ({ step, capture }) => {
        if (step !== last) return
        kept = { step, ...await capture!() }
        abort.abort()
      } })
      // Nothing is left to be cancelled behind the last step.
      if (last < 12) await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
      else await stopped
      expect((await transfer(settings, { checkpoint: kept! })).picture).toEqual(whole.picture)
    }
  })

  it('takes changed weights, layers and sizes on the way, and the recipe of the changes makes the same picture again', async () => {
    const [first, second, third] = [settingsOf({ stages: [{ size: 32, steps: 12 }] }), settingsOf({ stages: [{ size: 32, steps: 12 }], styleWeight: 300, smoothness: 3 }), settingsOf({ stages: [{ size: 40, steps: 14 }], styleLayers: [{ layer: 'second', weight: 1 }], contentLayers: [] })]
    const steered = await transfer(first, { change: (step) => (step < 4 ? first : step < 8 ? second : third) })
    const { pictures } = await finishWork(bench, recipeOf(first, 0, [{ step: 5, settings: second }, { step: 9, settings: third }]))
    expect(steered.picture.dims).toEqual([1, 3, 40, 40])
    expect(pictures[0]).toEqual(steered.picture)
    expect((await transfer(first)).picture).not.toEqual(steered.picture)
  })

  it('takes no change of method on the way', async () => {
    const changes = [{ step: 3, settings: { method: 'feed-forward' as const, contents: [file('content')] } }]
    await expect(finishWork(bench, recipeOf({}, 0, changes))).rejects.toMatchObject({ code: 'option-invalid', message: expect.stringMatching(/cannot go on with the method 'feed-forward'/) as string })
  })

  it('ends within the step that it is cancelled in', async () => {
    const abort = new AbortController()
    let [last, cancelledAt] = [0, 0]
    const running = transfer(settingsOf({ stages: [{ size: 256, steps: 1000 }] }), { signal: abort.signal, onStep: ({ step }) => {
      last = step
      // While the step after it is computed.
      if (step === 3) setTimeout(() => { cancelledAt = last; abort.abort() }, 5)
    } })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    // A step whose result was there already is still told.
    expect(last - cancelledAt).toBeLessThanOrEqual(1)
  })

  it.each<[string, Partial<Optimise>, string, RegExp]>([
    ['an unknown layer', { styleLayers: [{ layer: 'nowhere', weight: 1 }] }, 'layer-invalid', /no layer 'nowhere'/],
    ['a layer without maps', { styleLayers: [{ layer: 'logits', weight: 1 }] }, 'layer-invalid', /logits/],
    ['a layer named twice', { styleLayers: [{ layer: 'first', weight: 1 }, { layer: 'first', weight: 2 }] }, 'layer-invalid', /twice/],
    ['a mask that is no picture', { styles: [{ picture: file('red'), weight: 1, scale: 1, mask: 'bm90IGEgcGljdHVyZQ==' }] }, 'option-invalid', /mask/],
    ['no picture to begin with', { initial: 'picture' }, 'option-invalid', /begin with/],
    ['too little memory', { memoryBytes: 300 * 2 ** 20, stages: [{ size: 8192, steps: 1 }] }, 'out-of-memory', /Allow more memory/],
  ])('says what is wrong with %s', async (_, settings, code, message) => {
    await expect(finishWork(bench, recipeOf(settings))).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('says that a black mask would paint nowhere', async () => {
    await expect(finishWork(bench, recipeOf({ styles: [{ picture: file('red'), weight: 1, scale: 1, mask: await maskOf(() => false) }] }))).rejects.toMatchObject({ code: 'option-invalid', message: expect.stringMatching(/black/) as string })
  })

  it('takes a content, and a style, of a single pixel', async () => {
    const picture = await pictureOf({ content: file('dot'), styles: [{ picture: file('dot'), weight: 1, scale: 1 }], stages: [{ size: 32, steps: 3 }] })
    expect(picture.dims).toEqual([1, 3, 32, 32])
    expect(picture.data.every(Number.isFinite)).toBe(true)
  })
})
