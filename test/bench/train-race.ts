/**
 * One training step (forward, loss, backward, update) of this engine and of PyTorch in turns: same network, weights, batch and optimiser, as many
 * threads each. A round in which other processes used more than a tenth of a core is run again, up to three times as many rounds as asked for.
 * Prints medians and minima in milliseconds, and time as a ratio to PyTorch's. `--alone`: this engine only. `--memory`: the largest resident memory of
 * a process that makes 20 steps of one net, and how much of it the steps added to a process that is ready for them (in MB; Linux only).
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { hostTensorOf } from '#engine/runtime/host-tensor.ts'
import { torchTraining, trainingCase } from '../support/training-case.ts'
import { foreignShare, snapshot } from './foreign-load.ts'
import { TorchSide } from './torch-side.ts'

const { values: flags } = parseArgs({
  options: {
    nets: { type: 'string', default: 'mlp,lenet,vgg,resnet,depthwise' }, rounds: { type: 'string', default: '25' }, threads: { type: 'string', default: '2' },
    optimizer: { type: 'string', default: 'adam' }, alone: { type: 'boolean', default: false }, memory: { type: 'boolean', default: false },
  },
})
const [rounds, threads] = [Number(flags.rounds), Number(flags.threads)]
const allowedForeignShare = 0.1
/** Worker threads of either side may spin on for a while after a run; the other side starts once they have stopped. */
const restMs = 60

const nets: Readonly<Record<string, { readonly net: string; readonly inputDims: readonly number[]; readonly batch: number }>> = {
  mlp: { net: '256F 256F 10', inputDims: [784], batch: 100 },
  lenet: { net: '20C5 MP2 50C5 MP2 256F 10', inputDims: [1, 28, 28], batch: 100 },
  vgg: { net: '64C3p-BN 64C3p-BN MP2 128C3p-BN 128C3p-BN MP2 256F-D0.5 10', inputDims: [3, 32, 32], batch: 32 },
  resnet: { net: '16C3p-BN {16C3p-BN 16C3p-BN-linear} {32C3s2p-BN 32C3p-BN-linear} {64C3s2p-BN 64C3p-BN-linear} GAP 10', inputDims: [3, 32, 32], batch: 32 },
  depthwise: { net: '32C3s2p-BN DW3p-BN 64C1-BN DW3s2p-BN 128C1-BN DW3p-BN 128C1-BN GAP 10', inputDims: [3, 32, 32], batch: 32 },
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const round = (value: number, digits = 2): number => Number(value.toFixed(digits))

const peakMb = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
const memorySteps = 20

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads })
if (flags.memory && flags.nets.includes(',')) {
  for (const net of flags.nets.split(',')) process.stdout.write(execFileSync(process.execPath, [process.argv[1] ?? '', '--memory', '--nets', net, '--threads', flags.threads, '--optimizer', flags.optimizer]))
  process.exit(0)
}
for (const name of flags.nets.split(',')) {
  const options = nets[name]
  if (!options) throw new Error(`There is no net '${name}': ${Object.keys(nets).join(', ')}`)
  const made = trainingCase({ ...options, optimizer: { kind: flags.optimizer as 'adam' } })
  const readyMb = peakMb()
  const graph = made.graph(runtime.loweringOf('cpu'))
  const session = await runtime.openSteps(graph.model, { device: 'cpu', loop: graph.loop, initial: Object.fromEntries([...graph.initial].map(([key, tensor]) => [key, hostTensorOf(tensor)])), guard: [graph.loss, graph.gradientSquares] })
  let t = 0
  const ours = async (): Promise<number> => {
    const start = performance.now()
    await session.step(made.feeds(++t), [graph.loss, graph.output, graph.gradientSquares])
    return performance.now() - start
  }
  if (flags.alone) {
    for (let warm = 0; warm < 3; warm++) await ours()
    const times: number[] = []
    for (let index = 0; index < rounds; index++) times.push(await ours())
    console.log(JSON.stringify({ net: name, nodes: graph.model.graph.nodes.length, ours: `${round(median(times))}/${round(Math.min(...times))}`, residentMb: round(peakMb(), 0) }))
    await session.dispose()
    made.dispose()
    continue
  }
  const torch = await TorchSide.launch([torchTraining, made.folder, 'serve', '--threads', String(threads)])
  if (flags.memory) {
    const torchReadyMb = await torch.peakMb()
    for (let step = 0; step < memorySteps; step++) { await ours(); await torch.time('step') }
    const [own, torchs] = [peakMb(), await torch.peakMb()]
    console.log(JSON.stringify({ net: name, memoryRatio: round(own / torchs), addedRatio: round((own - readyMb) / (torchs - torchReadyMb)), ours: `${round(own, 0)} (+${round(own - readyMb, 0)})`, torch: `${round(torchs, 0)} (+${round(torchs - torchReadyMb, 0)})` }))
    torch.stop()
    await session.dispose()
    made.dispose()
    continue
  }
  for (let warm = 0; warm < 5; warm++) { await ours(); await torch.time('step') }
  const kept: { ours: number; torch: number }[] = []
  const disturbed: { ours: number; torch: number; share: number }[] = []
  for (let tried = 0; kept.length < rounds && tried < 3 * rounds; tried++) {
    const before = snapshot([process.pid, torch.pid])
    await pause(restMs)
    // Who goes first alternates: what one leaves in the caches is the other's gain as often as its loss.
    const first = tried % 2 === 0 ? await torch.time('step') : await ours()
    await pause(restMs)
    const second = tried % 2 === 0 ? await ours() : await torch.time('step')
    const times = tried % 2 === 0 ? { torch: first, ours: second } : { ours: first, torch: second }
    const share = foreignShare(before, snapshot([process.pid, torch.pid]))
    if (share <= allowedForeignShare) kept.push(times)
    else disturbed.push({ ...times, share })
  }
  const used = [...kept, ...disturbed.sort((a, b) => a.share - b.share).slice(0, Math.max(0, rounds - kept.length))]
  const [o, p] = [used.map((each) => each.ours), used.map((each) => each.torch)]
  console.log(JSON.stringify({
    net: name, ratio: round(median(o) / median(p), 3), ratioOfMinima: round(Math.min(...o) / Math.min(...p), 3),
    ours: `${round(median(o))}/${round(Math.min(...o))}`, torch: `${round(median(p))}/${round(Math.min(...p))}`, quietRounds: `${kept.length} of ${used.length}`,
  }))
  torch.stop()
  await session.dispose()
  made.dispose()
}
await runtime.dispose()
process.exit(0)
