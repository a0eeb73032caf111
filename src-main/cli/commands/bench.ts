import { AppError } from '#contract/errors.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { logitsOf } from '#engine/network/logits.ts'
import type { Network } from '#engine/network/network.ts'
import { median } from '#engine/lib/quantile.ts'
import { createRandom } from '#engine/lib/random.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { staticDims } from '#engine/onnx/shapes/dims.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '#engine/runtime/host-tensor.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, wholeOption } from '../parse.ts'
import { columns } from '../text.ts'
import { withRuntime } from '../with-runtime.ts'

/** What can be measured: one pass each, ready to be repeated. */
const measures: Readonly<Record<string, (network: Network, inputs: HostTensors) => () => Promise<unknown>>> = {
  forward: (network, inputs) => () => network.forward(inputs, network.outputs.slice(0, 1)),
  'input-gradient': (network, inputs) => {
    const { of, seed } = firstClass(network)
    return () => network.gradient({ of, seed, wrt: network.inputs.map((input) => input.name), inputs })
  },
  'parameter-gradient': (network, inputs) => {
    const { of, seed } = firstClass(network)
    const wrt = [...network.compute.graph.initializers].filter(([, tensor]) => tensor.dataType === 'float32').map(([name]) => name)
    return () => network.gradient({ of, seed, wrt, inputs })
  },
}

export default defineCommand({
  name: 'bench',
  declare: (command) => command
    .description('How fast a model runs here: medians over repeated passes, sessions made and warmed before the clock starts.')
    .argument('<model>', 'ONNX file')
    .option('--what <list>', Object.keys(measures).join(', '), 'forward,input-gradient')
    .option('--runs <number>', 'timed passes of each', '20')
    .option('--batch <number>', 'pictures at once', '1')
    .option('--device <device>', 'auto, cpu, webgpu, cuda, dml or coreml', 'auto')
    .option('--threads <number>', 'threads of the engine (0: one per core)', '0')
    .option('--json', 'print one JSON document on stdout'),
  async run({ args, options }, { signal, print }) {
    const what = listOption(options, 'what')
    const unknown = what.find((name) => !(name in measures))
    if (unknown !== undefined || what.length === 0) throw new AppError('usage', `--what takes ${Object.keys(measures).join(', ')}; got '${unknown ?? ''}'.`)
    const [runs, batch, threads] = [wholeOption(options, 'runs', 1, 100_000), wholeOption(options, 'batch', 1, 4096), wholeOption(options, 'threads', 0, 1024)]
    // In this thread: what is measured is the engine, not a message to a worker.
    await withRuntime(options, async (runtime) => {
      const network = await openNetwork(args[0] ?? '', { runtime })
      const inputs = randomInputs(network, batch)
      const passes = what.map((name) => ({ name, pass: (measures[name] ?? (() => () => Promise.resolve()))(network, inputs), times: [] as number[] }))
      for (const { pass } of passes) for (let warm = 0; warm < 3; warm++) await pass()
      // In turns, so that a slow moment of the machine falls on all of them.
      for (let run = 0; run < runs; run++) {
        for (const { pass, times } of passes) {
          signal.throwIfAborted()
          const began = performance.now()
          await pass()
          times.push(performance.now() - began)
        }
      }
      const { inUse } = await runtime.device()
      const report = { ...Object.fromEntries(passes.map(({ name, times }) => [name, { medianMs: median(times), minMs: Math.min(...times), runs }])), device: inUse, threads, batch, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) }
      if (flagOption(options, 'json')) print(JSON.stringify(report))
      else print(columns([['', 'median', 'fastest'], ...passes.map(({ name, times }) => [name, `${median(times).toFixed(2)} ms`, `${Math.min(...times).toFixed(2)} ms`])]) + `\n${inUse}, ${threads === 0 ? 'default' : threads} threads, batch ${batch}, ${runs} runs, peak memory ${report.peakMemoryMb} MB`)
      await network.dispose()
    }, { host: 'inline' })
  },
})

function firstClass(network: Network): { of: string; seed: FloatTensor } {
  const of = logitsOf(network.compute.graph, network.outputs[0] ?? '')
  const dims = staticDims(network.facts.get(of)?.shape) ?? []
  const data = new Float32Array(elementCount(dims))
  data[0] = 1
  return { of, seed: floatTensor(dims, data) }
}

function randomInputs(network: Network, batch: number): HostTensors {
  const random = createRandom(1)
  return Object.fromEntries(network.inputs.map(({ name, dims }) => {
    const sized = batch === 1 ? dims : [batch, ...dims.slice(1)]
    return [name, floatTensor(sized, Float32Array.from({ length: elementCount(sized) }, () => random.normal()))]
  }))
}
