/**
 * Forward pass and input gradient of torchvision networks, this engine and PyTorch in turns, on as many threads each.
 * A turn is two runs, of which the second is timed: the first wakes cores that slept during the rest before it, which costs short runs up to half of their time.
 * A round in which other processes used more than a tenth of a core is run again, up to three times as many rounds as asked for.
 * Prints medians and minima in milliseconds, and time as a ratio to PyTorch's. --memory: peak resident memory of a fresh process each.
 * --smoothgrad: 50 samples in batches of --batch (1 is what the engine takes on the CPU for networks of this size). --leak: resident memory over 500 runs.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { seedInputOf } from '#engine/autodiff/target.ts'
import { normalizedModel, specialize } from '#engine/network/compute-model.ts'
import { WeightStore } from '#engine/network/weight-store.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { openOrtSession, ortTensorOf, type OrtSession, type OrtTensor } from '#engine/runtime/ort.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { exportTorchvision } from '../support/torchvision-export.ts'
import { interleave, round } from './interleave.ts'
import { peakOfCommand, residentMb } from './peak-memory.ts'
import { TorchSide } from './torch-side.ts'

const { values: flags } = parseArgs({
  options: {
    nets: { type: 'string', default: 'squeezenet1_1,mobilenet_v2,resnet50,googlenet,densenet121,vgg19' }, rounds: { type: 'string', default: '15' },
    threads: { type: 'string', default: '2' }, size: { type: 'string', default: '224' }, memory: { type: 'boolean', default: false },
    smoothgrad: { type: 'boolean', default: false }, batch: { type: 'string', default: '1' }, leak: { type: 'boolean', default: false }, what: { type: 'string', default: 'forward,gradient' },
  },
})
const [rounds, threads, size] = [Number(flags.rounds), Number(flags.threads), Number(flags.size)]
const unit = 7
const smoothgradBatch = Number(flags.batch)
const torchScript = fileURLToPath(new URL('torch-side.py', import.meta.url))

interface Ours {
  readonly forward: () => Promise<number>
  readonly gradient: () => Promise<number>
  readonly smoothgrad: () => Promise<number>
}

async function prepare(name: string): Promise<Ours> {
  const normalized = normalizedModel(await loadModel(exportTorchvision(name, 13, { size, trainBatchNormStatistics: true, dynamic: 'batch' })))
  const weights = new WeightStore()
  const sessions = new Map<string, Promise<OrtSession>>()
  const open = (key: string, make: () => Promise<OrtSession>): Promise<OrtSession> => {
    const session = sessions.get(key) ?? make()
    sessions.set(key, session)
    return session
  }
  const dims = (batch: number): number[] => [batch, 3, size, size]
  const at = (batch: number) => specialize(normalized, { dims: { input: dims(batch) }, batch })
  const pictures = new Map<number, OrtTensor>()
  const picture = (batch: number): OrtTensor => {
    const made = pictures.get(batch) ?? ortTensorOf(floatTensor(dims(batch), Float32Array.from({ length: elementCount(dims(batch)) }, () => Math.random() - 0.5)))
    pictures.set(batch, made)
    return made
  }

  const forward = () => open('forward', async () => openOrtSession(await weights.sourceOf(at(1).model), { device: 'cpu', threads }))
  const gradientAt = (batch: number) => open(`gradient ${batch}`, async () => {
    const { model, facts } = at(batch)
    const { model: gradient } = differentiate(model, facts, { of: { kind: 'seed', tensor: 'output' }, wrt: ['input'] }, { target: cpuTarget })
    return openOrtSession(await weights.sourceOf(gradient), { device: 'cpu', threads })
  })
  const seed = (batch: number, classes: number) => ortTensorOf(floatTensor([batch, classes], Float32Array.from({ length: batch * classes }, (_, index) => (index % classes === unit ? 1 : 0))))
  const classes = 1000
  const runGradient = async (batch: number): Promise<void> => {
    const session = await gradientAt(batch)
    const wanted = session.outputNames.at(-1) ?? ''
    await session.run({ input: picture(batch), [seedInputOf({ kind: 'seed', tensor: 'output' })]: seed(batch, classes) }, [wanted])
  }
  return {
    forward: () => timed(async () => { await (await forward()).run({ input: picture(1) }) }),
    gradient: () => timed(() => runGradient(1)),
    smoothgrad: () => timed(async () => { for (let done = 0; done < 50; done += smoothgradBatch) await runGradient(smoothgradBatch) }),
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function turn(run: () => Promise<number>): Promise<number> {
  await run()
  return run()
}

async function race(name: string): Promise<void> {
  const torch = await TorchSide.start(torchScript, name, size, threads)
  const ours = await prepare(name)
  const tasks = flags.smoothgrad ? (['smoothgrad'] as const) : (flags.what.split(',') as ('forward' | 'gradient')[])
  for (const task of tasks) {
    const torchs = (): Promise<number> => torch.time(task === 'smoothgrad' ? `smoothgrad 50 ${smoothgradBatch}` : task)
    console.log(JSON.stringify({ net: name, task, ...await interleave({ torch, ours: () => turn(ours[task]), torchs: () => turn(torchs) }, { rounds, warm: 1 }) }))
  }
  torch.stop()
}

/** Peak resident memory of a fresh process each, the file read and five gradients taken: the built command line, in the environment that its first line sets, against PyTorch. */
async function memory(name: string): Promise<void> {
  const torch = await TorchSide.start(torchScript, name, size, threads)
  for (let run = 0; run < 5; run++) await torch.time('gradient')
  const torchMb = await torch.peakMb()
  torch.stop()
  const model = exportTorchvision(name, 13, { size, trainBatchNormStatistics: true, dynamic: 'batch' })
  const peakMb = await peakOfCommand(['bench', model, '--what', 'input-gradient', '--runs', '5', '--device', 'cpu', '--threads', String(threads), '--json'])
  console.log(JSON.stringify({ net: name, peakMb: { ours: round(peakMb), torch: round(torchMb) }, ratio: round(peakMb / torchMb, 3) }))
}

for (const name of flags.nets.split(',')) {
  if (flags.memory) await memory(name)
  else if (flags.leak) {
    const { gradient } = await prepare(name)
    const sizes: number[] = []
    for (let run = 0; run <= 500; run++) { await gradient(); if (run % 125 === 0) sizes.push(round(residentMb('VmRSS'))) }
    console.log(JSON.stringify({ net: name, residentMbEvery125Runs: sizes }))
  } else await race(name)
}
process.exit(0)
