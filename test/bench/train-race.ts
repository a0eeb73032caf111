/**
 * One training step (forward, loss, backward, update) of this engine and of PyTorch in turns: same network, weights, batch and optimiser, as many
 * threads each. A round in which other processes used more than a tenth of a core is run again, up to three times as many rounds as asked for.
 * Prints medians and minima in milliseconds, and time as a ratio to PyTorch's. `--alone`: this engine only. `--memory`: the largest resident memory of
 * a fresh process each, in MB: a run of 20 steps by the built command line, with all that belongs to a run, and as many steps of PyTorch's (Linux only).
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from '#engine/lib/quantile.ts'
import { createRandom } from '#engine/lib/random.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { hostTensorOf } from '#engine/runtime/host-tensor.ts'
import { torchTraining, trainingCase } from '../support/training-case.ts'
import { interleave, round } from './interleave.ts'
import { peakOfCommand } from './peak-memory.ts'
import { TorchSide } from './torch-side.ts'

const { values: flags } = parseArgs({
  options: {
    nets: { type: 'string', default: 'mlp,lenet,vgg,resnet,depthwise' }, rounds: { type: 'string', default: '25' }, threads: { type: 'string', default: '2' },
    optimizer: { type: 'string', default: 'adam' }, alone: { type: 'boolean', default: false }, memory: { type: 'boolean', default: false },
  },
})
const [rounds, threads] = [Number(flags.rounds), Number(flags.threads)]
const memorySteps = 20

interface Contest { readonly net: string; readonly inputDims: readonly number[]; readonly batch: number }
const nets: Readonly<Record<string, Contest>> = {
  mlp: { net: '256F 256F 10', inputDims: [784], batch: 100 },
  lenet: { net: '20C5 MP2 50C5 MP2 256F 10', inputDims: [1, 28, 28], batch: 100 },
  vgg: { net: '64C3p-BN 64C3p-BN MP2 128C3p-BN 128C3p-BN MP2 256F-D0.5 10', inputDims: [3, 32, 32], batch: 32 },
  resnet: { net: '16C3p-BN {16C3p-BN 16C3p-BN-linear} {32C3s2p-BN 32C3p-BN-linear} {64C3s2p-BN 64C3p-BN-linear} GAP 10', inputDims: [3, 32, 32], batch: 32 },
  depthwise: { net: '32C3s2p-BN DW3p-BN 64C1-BN DW3s2p-BN 128C1-BN DW3p-BN 128C1-BN GAP 10', inputDims: [3, 32, 32], batch: 32 },
}

const made = (contest: Contest) => trainingCase({ ...contest, optimizer: { kind: flags.optimizer as 'adam' } })

async function race(name: string, contest: Contest): Promise<void> {
  const runtime = createRuntime({ host: 'inline', device: 'cpu', threads })
  const { graph: graphFor, feeds, folder, dispose } = made(contest)
  const graph = graphFor(runtime.loweringOf('cpu'))
  const session = await runtime.openSteps(graph.model, { device: 'cpu', loop: graph.loop, initial: Object.fromEntries([...graph.initial].map(([key, tensor]) => [key, hostTensorOf(tensor)])), guard: [graph.loss, graph.gradientSquares] })
  let t = 0
  const ours = async (): Promise<number> => {
    const start = performance.now()
    await session.step(feeds(++t), [graph.loss, graph.output, graph.gradientSquares])
    return performance.now() - start
  }
  if (flags.alone) {
    for (let warm = 0; warm < 3; warm++) await ours()
    const times: number[] = []
    for (let index = 0; index < rounds; index++) times.push(await ours())
    console.log(JSON.stringify({ net: name, nodes: graph.model.graph.nodes.length, ours: `${round(median(times), 2)}/${round(Math.min(...times), 2)}` }))
  } else {
    const torch = await TorchSide.launch([torchTraining, folder, 'serve', '--threads', String(threads)])
    console.log(JSON.stringify({ net: name, ...await interleave({ torch, ours, torchs: () => torch.time('step') }, { rounds, warm: 5, digits: 2 }) }))
    torch.stop()
  }
  await session.dispose()
  await runtime.dispose()
  dispose()
}

async function memory(name: string, contest: Contest): Promise<void> {
  const { folder, dispose } = made(contest)
  const torch = await TorchSide.launch([torchTraining, folder, 'serve', '--threads', String(threads)])
  for (let step = 0; step < memorySteps; step++) await torch.time('step')
  const torchMb = await torch.peakMb()
  torch.stop()
  writePictures(folder, 'train', memorySteps * contest.batch, contest.inputDims)
  writePictures(folder, 't10k', contest.batch, contest.inputDims)
  const ours = await peakOfCommand(['train', '--data', folder, '--net', contest.net, '--batch', String(contest.batch), '--epochs', '1', '--optimizer', flags.optimizer, '--device', 'cpu', '--threads', String(threads), '--out', join(folder, 'run'), '--json'])
  console.log(JSON.stringify({ net: name, peakMb: { ours: round(ours), torch: round(torchMb) }, ratio: round(ours / torchMb, 3) }))
  dispose()
}

/** Noise of ten classes as IDX files. */
function writePictures(folder: string, part: 'train' | 't10k', count: number, inputDims: readonly number[]): void {
  const [channels = 1, height = 28, width = 28] = inputDims.length === 1 ? [] : inputDims
  const random = createRandom(count)
  const write = (what: string, dims: readonly number[], most: number): void => {
    const header = Buffer.alloc(4 + 4 * dims.length)
    header.set([0, 0, 8, dims.length])
    dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis))
    writeFileSync(join(folder, `${part}-${what}-idx-ubyte`), Buffer.concat([header, Uint8Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, () => random.integer(0, most))]))
  }
  write('images', [count, height, width, ...(channels > 1 ? [channels] : [])], 255)
  write('labels', [count], 9)
}

for (const name of flags.nets.split(',')) {
  const contest = nets[name]
  if (!contest) throw new Error(`There is no net '${name}': ${Object.keys(nets).join(', ')}`)
  await (flags.memory ? memory(name, contest) : race(name, contest))
}
process.exit(0)
