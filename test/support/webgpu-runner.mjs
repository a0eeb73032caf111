/**
 * Runs the models of a folder on onnxruntime's WebGPU provider, in a process of its own because a driver can take it down.
 * Arguments: folder, first case. Reads cases.json ({ model, feeds }[]), prints one JSON line a case ({ index, outputs } or { index, error }).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const [folder, first] = process.argv.slice(2)
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))

for (let index = Number(first); index < cases.length; index++) {
  process.stdout.write(`${JSON.stringify({ index, started: true })}\n`)
  try {
    const { model, feeds } = cases[index]
    const session = await InferenceSession.create(join(folder, model), { executionProviders: ['webgpu', 'cpu'], logSeverityLevel: 4, intraOpNumThreads: 1 })
    const tensors = Object.fromEntries(session.inputNames.filter((name) => feeds[name]).map((name) => [name, new Tensor(feeds[name].dataType, feeds[name].data, feeds[name].dims)]))
    const results = await session.run(tensors)
    const outputs = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, Array.from(tensor.data, Number)]))
    await session.release()
    process.stdout.write(`${JSON.stringify({ index, outputs }, (_, value) => (Number.isFinite(value) || typeof value !== 'number' ? value : String(value)))}\n`)
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ index, error: String(error.message ?? error).split('\n')[0] })}\n`)
  }
}
process.exit(0)
