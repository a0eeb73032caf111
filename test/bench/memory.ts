/**
 * Resident memory of the engine as it is used: a network opened by path, its sessions in a worker thread, one process a
 * model. Prints as JSON lines, in MB: the file, the process before and after opening, after a forward and a backward pass, the
 * peak, after `runs` further backward passes (growth), and after the network was disposed. Without models: 200 MB of made-up
 * weights in four dense layers. Linux only (/proc).
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '#engine/lib/random.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { saveModel } from '#engine/onnx/write.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { HostTensors } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../support/graph-model.ts'

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '500' }, solo: { type: 'string' } } })
const megabytes = (field: 'VmHWM' | 'VmRSS'): number => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024)

async function writeSynthetic(path: string): Promise<void> {
  const width = 3584
  const draw = createRandom(1)
  const layers = [0, 1, 2, 3]
  await saveModel(graphModel({
    inputs: { x: [1, width] },
    nodes: layers.flatMap((layer) => [{ op: 'MatMul', inputs: [layer === 0 ? 'x' : `t${layer - 1}`, `w${layer}`], outputs: [`h${layer}`] }, { op: 'Tanh', inputs: [`h${layer}`], outputs: [`t${layer}`] }]),
    outputs: { t3: [1, width] },
    constants: Object.fromEntries(layers.map((layer) => [`w${layer}`, float32Tensor([width, width], Float32Array.from({ length: width * width }, () => draw.uniform(-0.02, 0.02)))])),
  }), path)
}

async function measure(path: string, runs: number): Promise<void> {
  const runtime = createRuntime({ device: 'cpu' })
  const at: Record<string, number> = { fileMb: Math.round(statSync(path).size / 2 ** 20), beforeMb: megabytes('VmRSS') }
  const network = await openNetwork(path, { runtime })
  at['openedMb'] = megabytes('VmRSS')
  const inputs: HostTensors = Object.fromEntries(network.inputs.map(({ name, dims }) => [name, floatTensor(dims, new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(0.5))]))
  const of = network.outputs[0] ?? ''
  const value = (await network.forward(inputs, [of]))[of]
  at['forwardMb'] = megabytes('VmRSS')
  const seed = floatTensor(value?.dims ?? [], new Float32Array(value?.data.length ?? 0).fill(1))
  const gradient = () => network.gradient({ of, seed, wrt: Object.keys(inputs), inputs })
  for (let run = 0; run < 5; run++) await gradient()
  at['gradientMb'] = megabytes('VmRSS')
  at['peakMb'] = megabytes('VmHWM')
  for (let run = 0; run < runs; run++) await gradient()
  at['growthMb'] = megabytes('VmRSS') - (at['gradientMb'] ?? 0)
  await network.dispose()
  await runtime.dispose()
  at['disposedMb'] = megabytes('VmRSS')
  console.log(JSON.stringify({ model: path.split('/').at(-1), runs, ...at }))
}

if (flags.solo !== undefined) {
  await measure(flags.solo, Number(flags.runs))
  process.exit(0)
}
const folder = mkdtempSync(join(tmpdir(), 'phosphene-memory-'))
try {
  const synthetic = join(folder, 'dense-200mb.onnx')
  if (positionals.length === 0) await writeSynthetic(synthetic)
  for (const path of positionals.length === 0 ? [synthetic] : positionals)
    console.log(execFileSync(process.execPath, [process.argv[1] ?? '', '--solo', path, '--runs', flags.runs], { encoding: 'utf8' }).trim())
} finally {
  rmSync(folder, { recursive: true })
}
