/**
 * One L-BFGS step of style transfer (five layers of Gram matrices and one of content, history of ten) of this engine and of PyTorch in turns, on as many
 * threads each: same ONNX file, pictures and weights. A round in which other processes used more than a tenth of a core is run again, up to three times as many
 * rounds as asked for. Prints medians and minima in milliseconds, and time as a ratio to PyTorch's. --steps N: the losses before each of so many steps
 * instead. --memory: peak resident memory of a fresh process each, five steps taken.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openNetwork } from '#engine/network/open-network.ts'
import { pruneTo } from '#engine/onnx/extract.ts'
import { saveModel } from '#engine/onnx/write.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { Lbfgs } from '#engine/synthesis/style/lbfgs.ts'
import { suggestLayers } from '#engine/synthesis/style/suggest-layers.ts'
import { styleCase, styleWeight, torchStyle } from '../support/style-case.ts'
import { exportTorchvision } from '../support/torchvision-export.ts'
import { interleave, round } from './interleave.ts'
import { peakOfCommand } from './peak-memory.ts'
import { TorchSide } from './torch-side.ts'

const { values: flags } = parseArgs({
  options: {
    nets: { type: 'string', default: 'vgg19' }, size: { type: 'string', default: '256' }, rounds: { type: 'string', default: '15' }, threads: { type: 'string', default: '2' },
    statistic: { type: 'string', default: 'gram' }, steps: { type: 'string' }, memory: { type: 'boolean', default: false }, content: { type: 'string' }, style: { type: 'string' },
  },
})
const [size, rounds, threads] = [Number(flags.size), Number(flags.rounds), Number(flags.threads)]
const history = 10

const imagenet = { channels: 'RGB', scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
const caffe = { channels: 'BGR', scale: 255, mean: [104, 117, 123], std: [1, 1, 1] } as const

/** A path, or a torchvision network with random weights. */
const pathOf = (name: string): string => (name.endsWith('.onnx') ? name : exportTorchvision(name, 13, { dynamic: 'batch' }))

const usesCaffe = (name: string): boolean => name.endsWith('.onnx') && !name.endsWith('-imagenet.onnx')

async function open(name: string) {
  const runtime = createRuntime({ host: 'inline', device: 'cpu', threads })
  const modelPath = pathOf(name)
  const network = await openNetwork(modelPath, { runtime })
  const made = await styleCase({
    runtime, network, modelPath, size, history, statistic: flags.statistic as 'gram', normalization: usesCaffe(name) ? caffe : imagenet,
    ...(flags.content !== undefined && flags.style !== undefined ? { pictures: { content: flags.content, style: flags.style } } : {}),
  })
  const evaluator = await made.open()
  const optimizer = new Lbfgs({ history })
  const x = made.content.data.slice()
  const step = async (): Promise<number> => {
    const { loss, gradient } = await evaluator.evaluate(x, made.weights)
    optimizer.step(x, gradient)
    return loss
  }
  return { made, step, loss: async () => (await evaluator.evaluate(x, made.weights)).loss, torch: await TorchSide.launch([torchStyle, made.folder, '--threads', String(threads)]) }
}

async function race(name: string): Promise<void> {
  const { made, step, torch } = await open(name)
  const ours = async (): Promise<number> => {
    const start = performance.now()
    await step()
    return performance.now() - start
  }
  console.log(JSON.stringify({ net: name, size, statistic: flags.statistic, ...await interleave({ torch, ours, torchs: () => torch.time('step') }, { rounds, warm: 3 }) }))
  torch.stop()
  made.dispose()
}

async function compare(name: string, steps: number): Promise<void> {
  const { made, step, loss, torch } = await open(name)
  const losses: number[] = []
  for (let index = 0; index < steps; index++) losses.push(await step())
  const ours = await loss()
  const answer = JSON.parse(await torch.ask(`steps ${steps}`)) as { losses: number[]; loss: number }
  const every = Math.max(1, Math.floor(steps / 10))
  console.log(JSON.stringify({
    net: name, size, statistic: flags.statistic, steps, first: { ours: losses[0], torch: answer.losses[0] }, loss: { ours, torch: answer.loss }, difference: `${round((100 * (ours - answer.loss)) / answer.loss, 2)} %`,
    onTheWay: losses.flatMap((value, index) => (index % every === every - 1 ? [`${index + 1}: ${value.toPrecision(5)} ${answer.losses[index]?.toPrecision(5)}`] : [])),
  }))
  torch.stop()
  made.dispose()
}

/** The network up to the layers that are compared: dense layers behind them would count on either side, for reading them alone. */
async function upToLayers(name: string): Promise<string> {
  const network = await openNetwork(pathOf(name), { runtime: createRuntime({ host: 'inline', device: 'cpu', threads }) })
  const { style, content } = suggestLayers(network)
  const tensors = [...style, ...content].map(({ layer }) => network.structure.layers.find(({ id }) => id === layer)?.outputTensor ?? layer)
  const path = join(mkdtempSync(join(tmpdir(), 'phosphene-style-net-')), `${basename(name, '.onnx')}-${name.endsWith('.onnx') ? 'caffe' : 'imagenet'}.onnx`)
  await saveModel(pruneTo(network.original, tensors), path)
  await network.dispose()
  return path
}

/** Of the built command line in the environment that its first line sets, five steps and the picture written; of PyTorch, as many. */
async function memory(whole: string): Promise<void> {
  const name = await upToLayers(whole)
  const { made, torch } = await open(name)
  for (let run = 0; run < 5; run++) await torch.time('step')
  const torchMb = await torch.peakMb()
  torch.stop()
  const bundled = (picture: string): string => fileURLToPath(new URL(`../../resources/pictures/${picture}.png`, import.meta.url))
  const peakMb = await peakOfCommand(['style', pathOf(name), bundled('lighthouse'), bundled('butterfly'), '--size', String(size), '--steps', '5', '--statistic', flags.statistic, '--style-weight', String(styleWeight), '--preprocess', usesCaffe(name) ? 'caffe' : 'imagenet', '--device', 'cpu', '--threads', String(threads), '--out', `${made.folder}/out.png`, '--json'])
  console.log(JSON.stringify({ net: name, size, peakMb: { ours: round(peakMb), torch: round(torchMb) }, ratio: round(peakMb / torchMb, 3) }))
  made.dispose()
}

for (const name of flags.nets.split(',')) await (flags.memory ? memory(name) : flags.steps === undefined ? race(name) : compare(name, Number(flags.steps)))
process.exit(0)
