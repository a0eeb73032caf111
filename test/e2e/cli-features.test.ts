/** features, replay and patches as a user runs them. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecipe } from '#engine/images/recipe.ts'
import { errorLines, runCli } from '../support/run-cli.ts'
import { root } from '../support/served-application.ts'

const model = join(root, 'resources/models/phosphene-24.onnx')
const pictures = join(root, 'resources/pictures')
const cancelLimitMs = 1000

let folder: string
let environment: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phosphene-cli-features-'))
  environment = { PHOSPHENE_DATA: join(folder, 'data') }
})
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })
const cli = (...args: string[]) => runCli(args, { environment })

describe('phosphene features', () => {
  it('draws units and classes, and a picture of its is made again byte for byte', async () => {
    const out = join(folder, 'features')
    const { code, stdout } = await cli('features', model, '--unit', 'conv2:3,conv2:7', '--class', '5', '--steps', '24', '--out', out, '--device', 'cpu', '--json')
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as { features: { name: string; file: string; first: number; last: number }[] }
    expect(report.features.map(({ name }) => name)).toEqual(['conv2-3', 'conv2-7', 'class-5'])
    expect(report.features.every(({ first, last }) => last > first)).toBe(true)
    const original = await readFile(join(out, 'conv2-7.png'))
    expect((readRecipe(original) as { settings: { targets: unknown[] } }).settings.targets).toHaveLength(1)
    const again = join(folder, 'again.png')
    const replayed = await cli('replay', join(out, 'conv2-7.png'), '--out', again, '--device', 'cpu', '--json')
    expect(replayed.code).toBe(0)
    expect(JSON.parse(replayed.stdout)).toMatchObject({ result: 'conv2-7', sameDevice: true })
    expect(await readFile(again)).toEqual(original)
    // Where the model was never seen, it has to be named.
    const elsewhere = await runCli(['replay', join(out, 'class-5.png'), '--out', again, '--model', model, '--device', 'cpu'], { environment: { PHOSPHENE_DATA: join(folder, 'other') } })
    expect(elsewhere.code).toBe(0)
    expect(await readFile(again)).toEqual(await readFile(join(out, 'class-5.png')))
  })

  it('draws the difference of two units, and a set that is held apart by weights in sizes of what is excited', async () => {
    const out = join(folder, 'mixture')
    const mixed = await cli('features', model, '--mix', 'conv2:3,conv2:7*-0.5', '--steps', '8', '--size', 'field', '--out', out, '--device', 'cpu', '--json')
    expect(mixed.code).toBe(0)
    const { settings } = readRecipe(await readFile(join(out, 'mixture.png'))) as { settings: { targets: { terms: unknown[] }[] } }
    expect(settings.targets[0]?.terms).toEqual([{ id: 'channel', weight: 1, layer: 'conv2', unit: 3 }, { id: 'channel', weight: -0.5, layer: 'conv2', unit: 7 }])
    const set = await cli('features', model, '--unit', 'conv2:3', '--batch', '2', '--also', 'diversity:2', '--steps', '8', '--size', 'field', '--out', out, '--device', 'cpu', '--json')
    expect(set.code).toBe(0)
    expect(await readdir(out)).toEqual(expect.arrayContaining(['conv2-3-1.png', 'conv2-3-2.png']))
    expect((readRecipe(await readFile(join(out, 'conv2-3-1.png'))) as { settings: typeof settings }).settings.targets[0]?.terms[1]).toMatchObject({ id: 'diversity', weight: 2, relative: true })
  })

  it('stops at once when it is interrupted, with what was done before', async () => {
    const out = join(folder, 'interrupted')
    const began = 4000
    const { code, ms } = await runCli(['features', model, '--layer', 'conv2', '--steps', '400', '--out', out, '--device', 'cpu'], { environment, interruptAfterMs: began })
    expect(code).toBe(130)
    expect(ms - began).toBeLessThan(cancelLimitMs + 500)
  })

  it.each<[string, readonly string[], number, RegExp]>([
    ['nothing to excite', [], 2, /Say what the pictures should excite/],
    ['a mixture without a unit', ['--mix', 'conv2*2'], 2, /LAYER:CHANNEL\*WEIGHT; got 'conv2\*2'/],
    ['an unknown layer', ['--unit', 'attic:3'], 1, /no layer 'attic'/],
    ['a unit that there is not', ['--unit', 'conv2:4800'], 1, /no unit 4800 of 'conv2': it has 48 units, 0 to 47/],
    ['a unit without its number', ['--unit', 'conv2'], 2, /LAYER:CHANNEL; got 'conv2'/],
    ['a class that there is not', ['--class', '99'], 1, /no class 99: the model tells 24 classes apart/],
    ['an unknown objective', ['--layer', 'conv2', '--objective', 'beauty'], 1, /no objective 'beauty'/],
    ['an unknown parameterisation', ['--class', '1', '--parameterisation', 'crayon'], 1, /no parameterisation 'crayon'\. There are: cppn, fourier/],
    ['no steps', ['--class', '1', '--steps', '0'], 2, /--steps takes a whole number from 1/],
    ['a size of nothing', ['--unit', 'conv2:1', '--size', '2'], 2, /--size takes a whole number from 8/],
    ['a set of one', ['--unit', 'conv2:1', '--also', 'diversity:1'], 1, /at least 2 at once/],
    ['an inversion of nothing', ['--layer', 'conv2', '--objective', 'inversion'], 1, /needs a picture/],
    ['an inversion of a text', ['--layer', 'conv2', '--objective', 'inversion', '--picture', 'TEXT'], 1, /not a picture|no known format/],
    ['a direction that is no list', ['--layer', 'conv2', '--objective', 'direction', '--direction', 'TEXT'], 1, /no JSON list of numbers/],
    ['a transform below nothing', ['--class', '1', '--jitter', '-3'], 2, /--jitter takes a number of at least 0/],
  ])('refuses %s in one line', async (_, args, expected, message) => {
    await writeFile(join(folder, 'text.txt'), 'just words')
    const { code, stderr } = await cli('features', model, ...args.map((arg) => (arg === 'TEXT' ? join(folder, 'text.txt') : arg)), '--out', join(folder, 'refused'), '--device', 'cpu')
    expect(code).toBe(expected)
    expect(errorLines(stderr)).toHaveLength(1)
    expect(stderr).toMatch(message)
  })
})

describe('phosphene replay', () => {
  it('says what is the matter with a picture that it cannot make again', async () => {
    const plain = await cli('replay', join(pictures, 'cat.png'), '--out', join(folder, 'cat.png'))
    expect(plain.code).toBe(1)
    expect(plain.stderr).toMatch(/cat\.png carries no recipe/)
    const missing = await cli('replay', join(folder, 'nowhere.png'), '--out', join(folder, 'cat.png'))
    expect(missing.stderr).toMatch(/nowhere\.png cannot be read/)
  })
})

describe('phosphene patches', () => {
  it('looks through a folder once for all units, and draws nine patches of each with their projections', async () => {
    const out = join(folder, 'patches')
    const { code, stdout } = await cli('patches', model, pictures, '--layer', 'conv2', '--units', '3', '--out', out, '--device', 'cpu', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ pictures: 12, skipped: [] })
    const report = JSON.parse(await readFile(join(out, 'patches.json'), 'utf8')) as { layers: { layer: string; units: { top: { value: number; picture: string }[] }[] }[] }
    expect(report.layers.map(({ layer }) => layer)).toEqual(['conv2'])
    const [unit] = report.layers[0]!.units
    expect(unit!.top).toHaveLength(9)
    expect(unit!.top.map(({ value }) => value)).toEqual(unit!.top.map(({ value }) => value).toSorted((a, b) => b - a))
    expect((await readdir(out)).filter((name) => name.endsWith('.png')).sort()).toEqual(['conv2-0.png', 'conv2-1.png', 'conv2-2.png'])
  })

  it('says where there are no pictures', async () => {
    const { code, stderr } = await cli('patches', model, join(root, 'resources/models'), '--out', join(folder, 'none'), '--device', 'cpu')
    expect(code).toBe(1)
    expect(errorLines(stderr)).toHaveLength(1)
  })
})
