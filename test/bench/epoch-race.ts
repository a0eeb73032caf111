/**
 * One epoch over MNIST, from the files on disk to a tested network, by this engine and then by PyTorch, as many threads each. Ours is a training run as
 * the application starts it: beside the steps it reads and standardises the data, watches layers, evaluates the parts, writes a checkpoint and the
 * model. PyTorch's has everything in memory as tensors and does nothing but steps and one test. Prints seconds and megabytes as JSON lines; `ratio`
 * is of the whole, `trainRatio` of the part between reading and testing.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Recipe } from '#contract/training.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { testdata } from '../support/testdata.ts'
import { python } from '../support/torchvision-export.ts'
import { torchTraining, trainingCase } from '../support/training-case.ts'

const { values: flags } = parseArgs({
  options: { nets: { type: 'string', default: 'mlp,lenet' }, threads: { type: 'string', default: '2' }, batch: { type: 'string', default: '100' }, data: { type: 'string', default: testdata('datasets/mnist') }, solo: { type: 'string' } },
})
const nets: Readonly<Record<string, string>> = { mlp: '256F 256F 10', lenet: '20C5 MP2 50C5 MP2 256F 10' }
const [threads, batch] = [Number(flags.threads), Number(flags.batch)]

interface Measured { readonly readMs: number; readonly trainMs: number; readonly testMs: number; readonly accuracy: number; readonly peakMb: number }
const totalOf = ({ readMs, trainMs, testMs }: Measured): number => readMs + trainMs + testMs
const peakMb = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024

async function ours(net: string): Promise<Measured> {
  // Sessions in this thread, so that the memory of one process is the whole.
  const runtime = createRuntime({ host: 'inline', device: 'cpu', threads })
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-epoch-'))
  const times: Record<string, number> = {}
  try {
    const recipe = Recipe.parse({ version: 1, name: 'epoch', seed: 1, data: { kind: 'files', path: flags.data }, net: { kind: 'notation', text: net }, epochs: 1, batch, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001 } })
    const run = new TrainingRun({
      runtime, recipe, folder: new RunFolder(folder),
      onEvent: (event) => {
        times[event.type === 'state' ? event.summary.state : event.type] ??= performance.now()
        if (event.type === 'steps' && event.batch === run.detail().stepsPerEpoch) times['trained'] = performance.now()
      },
    })
    const startedAt = performance.now()
    await run.start()
    const { state, error } = run.summary()
    if (state !== 'done') throw new Error(error ?? state)
    const at = (name: string): number => times[name] ?? NaN
    return { readMs: at('running') - startedAt, trainMs: at('trained') - at('running'), testMs: performance.now() - at('trained'), accuracy: run.detail().history[0]?.validation.score ?? NaN, peakMb: peakMb() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await runtime.dispose()
  }
}

function torchs(net: string): Measured {
  const made = trainingCase({ net, inputDims: [1, 28, 28], batch, optimizer: { kind: 'adam', rate: 0.001 } })
  try {
    return JSON.parse(execFileSync(python, [torchTraining, made.folder, 'epoch', '--data', flags.data, '--threads', String(threads)], { encoding: 'utf8' })) as Measured
  } finally {
    made.dispose()
  }
}

if (flags.solo !== undefined) {
  console.log(JSON.stringify(await ours(flags.solo)))
  process.exit(0)
}
const text = (measured: Measured): string => `${(totalOf(measured) / 1000).toFixed(2)} s (${[measured.readMs, measured.trainMs, measured.testMs].map((ms) => (ms / 1000).toFixed(2)).join(' + ')}), ${(100 * measured.accuracy).toFixed(2)} %, ${measured.peakMb.toFixed(0)} MB`
for (const name of flags.nets.split(',')) {
  const net = nets[name]
  if (net === undefined) throw new Error(`There is no net '${name}': ${Object.keys(nets).join(', ')}`)
  const own = JSON.parse(execFileSync(process.execPath, [process.argv[1] ?? '', '--solo', net, '--threads', flags.threads, '--batch', flags.batch, '--data', flags.data], { encoding: 'utf8' })) as Measured
  const torch = torchs(net)
  console.log(JSON.stringify({ net: name, ratio: Number((totalOf(own) / totalOf(torch)).toFixed(3)), trainRatio: Number((own.trainMs / torch.trainMs).toFixed(3)), ours: text(own), torch: text(torch) }))
}
process.exit(0)
