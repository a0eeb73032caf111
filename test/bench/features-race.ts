/**
 * Random units of the given models, each with the channel objective, Fourier parameterisation, Adam and the usual transforms. Ours is the picture as
 * it is read back from 8 bits; PyTorch's side runs the same network (the ONNX graph, interpreted), objective, parameterisation, transforms and steps
 * with gradients of its own, from the same beginning and through the same viewpoints; with --own-draws, a second time, of its own random numbers, so that what is left is luck (a mean over units tells
 * more than one of them). All are judged by PyTorch: the mean of the channel before its activation, no transform. With --alone PyTorch is not asked.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { decodePicture } from '#engine/images/decode.ts'
import { createRandom, streamSeed } from '#engine/lib/random.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { displayInput } from '#engine/network/network.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { pruneTo } from '#engine/onnx/extract.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { guessRecord, initialRecord } from '#engine/preprocessing/resolve.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import { networkAt } from '#engine/synthesis/ascent.ts'
import { resolveTerm } from '#engine/synthesis/unit.ts'
import { find, parameterisations, transforms as allTransforms } from '#engine/synthesis/registries.ts'
import { shapeOf, usualTransforms } from '#engine/synthesis/usual.ts'
import { drawView } from '#engine/synthesis/viewpoint.ts'
import { finishWork } from '../support/run-work.ts'
import { TorchSide } from './torch-side.ts'

const { values: options, positionals: paths } = parseArgs({ allowPositionals: true, options: { photos: { type: 'string' }, out: { type: 'string' }, units: { type: 'string', default: '50' }, steps: { type: 'string', default: '256' }, seed: { type: 'string', default: '1' }, threads: { type: 'string', default: '2' }, skip: { type: 'string', default: '0' }, alone: { type: 'boolean', default: false }, 'own-draws': { type: 'boolean', default: false }, 'picture-seed': { type: 'string' } } })
const [folder, out, steps, seed] = [options.photos ?? '', options.out ?? 'features-race.jsonl', Number(options.steps), Number(options.seed)]
const pictureSeed = Number(options['picture-seed'] ?? options.seed)
/** As ascent.ts draws them. */
const streams = { picture: 1, viewpoint: 2 } as const
const perModel = Math.ceil(Number(options.units) / paths.length)
const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: Number(options.threads) })

interface Row { readonly key: string; readonly model: string; readonly layer: string; readonly unit: number; readonly photographs: number; readonly ours: number; readonly torch?: number; readonly seconds: number; readonly torchSeconds?: number; /** What PyTorch reached by draws of its own. */ readonly ownDraws?: number }
type Answer = Required<Pick<Row, 'photographs' | 'ours' | 'torch' | 'torchSeconds'>>
const done: Row[] = existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Row) : []

const files = readdirSync(folder).filter((name) => /\.(png|jpe?g|webp)$/i.test(name)).sort()
for (const path of paths) {
  const network = await openNetwork(path, { runtime })
  const pictures = await Promise.all(files.map(async (name) => decodePicture(readFileSync(join(folder, name)), name)))
  const initial = await initialRecord(network, {})
  const record = initial?.source === 'guessed' ? await guessRecord(network, pictures.slice(0, 4)) : initial
  if (!record) throw new Error(`${path} takes no picture`)
  const display = { preprocessing: record.preprocessing }
  const seen = pictures.map((picture) => preparePicture(network, record.preprocessing, picture).display)
  for (const { layer, unit } of randomUnits(network, perModel, seed).slice(Number(options.skip))) {
    const key = `${basename(path)}|${layer}|${unit}|${steps}|${seed}|${pictureSeed}`
    if (done.some((row) => row.key === key && (options.alone || (row.torch !== undefined && (!options['own-draws'] || row.ownDraws !== undefined))))) continue
    const { tensor = '', term } = resolveTerm({ network, display }, { id: 'channel', weight: 1, layer, unit }, 1)
    const { pictures: [made], run } = await finishWork({ runtime, network, preprocessing: record.preprocessing }, {
      kind: 'features', seed: pictureSeed, settings: { targets: [{ name: 'made', title: 'made', terms: [{ id: 'channel', weight: 1, layer, unit }] }], parameterisation: 'fourier', optimiser: 'adam', steps, batch: 1, alpha: false },
    })
    if (!made) throw new Error('nothing was made')
    const eightBit = floatTensor(made.dims, made.data.map((value) => Math.round(255 * value) / 255))
    const own = { photographs: Math.max(...await Promise.all(seen.map((picture) => meanOf(network, display, picture, tensor, term.unit ?? 0)))), ours: await meanOf(network, display, eightBit, tensor, term.unit ?? 0) }
    const askTorch = async (): Promise<Answer & Pick<Row, 'ownDraws'>> => {
      const shape = shapeOf(display, { alpha: false, batch: 1 }, [])
      const work = mkdtempSync(join(tmpdir(), 'features-race-'))
      const stacked = new Float32Array(seen.length * made.data.length)
      seen.forEach((picture, at) => { stacked.set(picture.data, at * made.data.length) })
      writeFileSync(join(work, 'model.onnx'), Buffer.from(writeModel(pruneTo(networkAt(network, display, shape), [tensor]))))
      writeFileSync(join(work, 'photographs.npy'), float32Npy([seen.length, ...made.dims.slice(1)], stacked))
      writeFileSync(join(work, 'ours.npy'), float32Npy(eightBit.dims, eightBit.data))
      const usual = usualTransforms(shape)
      const { spectrum } = find(parameterisations, 'fourier', 'parameterisation').initial(shape, createRandom(streamSeed(pictureSeed, streams.picture)))
      if (!spectrum) throw new Error('no spectrum')
      writeFileSync(join(work, 'beginning.npy'), float32Npy(spectrum.dims, spectrum.data))
      const applied = Object.entries(usual).map(([id, amount]) => ({ transform: find(allTransforms, id, 'transform'), amount }))
      const views = Array.from({ length: steps }, (_, at) => drawView(createRandom(streamSeed(streamSeed(pictureSeed, streams.viewpoint), at + 1)), applied, shape))
      writeFileSync(join(work, 'job.json'), JSON.stringify({ tensor, input: displayInput, unit: term.unit, steps, seed: pictureSeed, shape, transforms: usual, rate: 0.05, views }))
      const side = await TorchSide.launch([fileURLToPath(new URL('torch-features.py', import.meta.url)), work, '--threads', options.threads])
      const answer = JSON.parse(await side.ask('same draws')) as Answer
      const byOwnDraws = options['own-draws'] ? JSON.parse(await side.ask('own draws')) as Answer : undefined
      side.stop()
      rmSync(work, { recursive: true })
      return { ...answer, ...(byOwnDraws ? { ownDraws: byOwnDraws.torch } : {}) }
    }
    const answer = options.alone ? own : await askTorch()
    const row: Row = { key, model: basename(path), layer, unit, seconds: run.seconds, ...answer }
    done.push(row)
    appendFileSync(out, `${JSON.stringify(row)}\n`)
    console.log(`${key}: ours ${row.ours.toPrecision(4)}, photographs ${row.photographs.toPrecision(4)}, torch ${row.torch?.toPrecision(4) ?? 'not asked'}, by draws of its own ${row.ownDraws?.toPrecision(4) ?? 'not asked'} (${row.seconds.toFixed(1)} s, torch ${row.torchSeconds?.toFixed(1) ?? '-'} s)`)
  }
  await network.dispose()
}
const beaten = done.filter((row) => row.ours > row.photographs).length
const leads = (reached: (row: Row) => number | undefined) => {
  const lead = done.flatMap((row) => { const torch = reached(row); return torch === undefined ? [] : [(torch - row.ours) / Math.max(Math.abs(row.ours), 1e-6)] }).sort((a, b) => a - b)
  return { compared: lead.length, above5Percent: lead.filter((each) => each > 0.05).length, mean: lead.reduce((sum, each) => sum + each, 0) / lead.length, median: lead[Math.floor(lead.length / 2)], worst: lead.at(-1) }
}
console.log(JSON.stringify({ units: done.length, abovePhotographs: beaten / done.length, leadOfTorch: leads(({ torch }) => torch), leadOfTorchByOwnDraws: leads(({ ownDraws }) => ownDraws) }))
await runtime.dispose()

/** Mean of the unit before its activation, as the engine itself computes it. */
async function meanOf(network: Network, display: DisplaySpace, picture: FloatTensor, tensor: string, unit: number): Promise<number> {
  const value = (await network.forward({ [displayInput]: picture }, [tensor], { display }))[tensor]
  const data = value?.data as Float32Array
  const positions = data.length / (value?.dims[1] ?? 1)
  return data.subarray(unit * positions, (unit + 1) * positions).reduce((sum, each) => sum + each, 0) / positions
}

/** Layers as likely as each other, then their units: late layers of a thousand units do not crowd out early ones. */
function randomUnits(network: Network, count: number, from: number): { layer: string; unit: number }[] {
  const random = createRandom(streamSeed(from, 9))
  const layers = network.structure.layers.filter(({ view, kind, gradientRefused }) => view.type === 'maps' && ['convolution', 'concat', 'join'].includes(kind) && gradientRefused === undefined)
  return Array.from({ length: count }, () => {
    const layer = layers[random.integer(0, layers.length - 1)]
    if (layer?.view.type !== 'maps') throw new Error('no layer of maps')
    return { layer: layer.id, unit: random.integer(0, layer.view.channels - 1) }
  })
}
