/**
 * Forward pass and input gradient of torchvision networks, this engine and PyTorch in turns, on as many threads each.
 * A turn is two runs, of which the second is timed: the first wakes cores that slept during the rest before it, which costs short runs up to half of their time.
 * A round in which other processes used more than a tenth of a core is run again, up to three times as many rounds as asked for.
 * Prints medians and minima in milliseconds, and time as a ratio to PyTorch's. --memory: peak resident memory of a fresh process each.
 * --smoothgrad: 50 samples in batches of --batch (1 is what the engine takes on the CPU for networks of this size). --leak: resident memory over 500 runs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { differentiate } from '#engine/autodiff/differentiate.ts'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { seedInputOf } from '#engine/autodiff/target.ts'
import { normalizedModel, specialize } from '#engine/network/compute-model.ts'
import { WeightStore } from '#engine/network/weight-store.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { engineEnvironment } from '#rpc/engine-environment.ts'
import { openOrtSession, ortTensorOf, type OrtSession, type OrtTensor } from '#engine/runtime/ort.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { exportTorchvision } from '../support/torchvision-export.ts'
import { foreignShare, snapshot } from './foreign-load.ts'
import { TorchSide } from './torch-side.ts'

const { values: flags } = parseArgs({
  options: {
    nets: { type: 'string', default: 'squeezenet1_1,mobilenet_v2,resnet50,googlenet,densenet121,vgg19' }, rounds: { type: 'string', default: '15' },
    threads: { type: 'string', default: '2' }, size: { type: 'string', default: '224' }, memory: { type: 'boolean', default: false },
    smoothgrad: { type: 'boolean', default: false }, batch: { type: 'string', default: '1' }, leak: { type: 'boolean', default: false }, what: { type: 'string', default: 'forward,gradient' },
  },
})
const [rounds, threads, size] = [Number(flags.rounds), Number(flags.threads), Number(flags.size)]
const allowedForeignShare = 0.1
const unit = 7
const smoothgradBatch = Number(flags.batch)
/** Worker threads of either side may spin on for a while after a run; the other side starts once they have stopped. */
const restMs = 60
const commandLine = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))
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

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

async function race(name: string): Promise<void> {
  const torch = await TorchSide.start(torchScript, name, size, threads)
  const ours = await prepare(name)
  const tasks = flags.smoothgrad ? (['smoothgrad'] as const) : (flags.what.split(',') as ('forward' | 'gradient')[])
  for (const task of tasks) {
    const torchTask = task === 'smoothgrad' ? `smoothgrad 50 ${smoothgradBatch}` : task
    const [mine, theirs] = [ours[task], () => torch.time(torchTask)]
    for (let warm = 0; warm < 2; warm++) { await ours[task](); await torch.time(torchTask) }
    const kept: { ours: number; torch: number }[] = []
    let tried = 0
    const disturbed: { ours: number; torch: number; share: number }[] = []
    for (; kept.length < rounds && tried < 3 * rounds; tried++) {
      const before = snapshot([process.pid, torch.pid])
      // Who goes first alternates: what one leaves in the caches is the other's gain as often as its loss.
      await pause(restMs)
      const first = await turn(tried % 2 === 0 ? theirs : mine)
      await pause(restMs)
      const second = await turn(tried % 2 === 0 ? mine : theirs)
      const times = tried % 2 === 0 ? { torch: first, ours: second } : { ours: first, torch: second }
      const share = foreignShare(before, snapshot([process.pid, torch.pid]))
      if (share <= allowedForeignShare) kept.push(times)
      else disturbed.push({ ...times, share })
    }
    const used = [...kept, ...disturbed.sort((a, b) => a.share - b.share).slice(0, Math.max(0, rounds - kept.length))]
    const [o, t] = [used.map((each) => each.ours), used.map((each) => each.torch)]
    console.log(JSON.stringify({
      net: name, task, ratio: round(median(o) / median(t), 3), ratioOfMinima: round(Math.min(...o) / Math.min(...t), 3),
      ours: `${round(median(o))}/${round(Math.min(...o))}`, torch: `${round(median(t))}/${round(Math.min(...t))}`, quietRounds: `${kept.length} of ${used.length}`,
    }))
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
  const ours = spawn(process.execPath, [commandLine, 'bench', model, '--what', 'input-gradient', '--runs', '5', '--device', 'cpu', '--threads', String(threads), '--json'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...engineEnvironment } })
  const ended = once(ours, 'exit')
  let peakMb = 0
  // The peak only rises: the last reading before the end is it, but for what the last 20 ms add.
  const reading = setInterval(() => { peakMb = Math.max(peakMb, residentMb('VmHWM', ours.pid)) }, 20)
  const [code] = await ended as [number | null]
  clearInterval(reading)
  if (code !== 0) throw new Error(`${commandLine} ended with ${code}; is it built (npm run build)?`)
  console.log(JSON.stringify({ net: name, peakMb: { ours: round(peakMb), torch: round(torchMb) }, ratio: round(peakMb / torchMb, 3) }))
}

function residentMb(field: 'VmHWM' | 'VmRSS', pid: number | string = 'self'): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
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
