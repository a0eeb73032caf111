/**
 * Generations of evolution and as many plain forward passes in the same batches, by turns, so that other load falls on both: pictures per second of
 * each and, of every turn, what share of the plain rate evolution keeps (breeding, painting and sorting into the archive included).
 */
import { parseArgs } from 'node:util'
import { encodings } from '#engine/fooling/evolution/encodings.ts'
import { median as medianOf } from '#engine/lib/quantile.ts'
import { Evolution } from '#engine/fooling/evolution/map-elites.ts'
import { Probe } from '#engine/fooling/probe.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'

const { values: flags, positionals: [path = ''] } = parseArgs({ allowPositionals: true, options: { method: { type: 'string', default: 'cppn' }, batch: { type: 'string', default: '64' }, rounds: { type: 'string', default: '5' }, population: { type: 'string', default: '384' }, threads: { type: 'string', default: '0' } } })
const [batch, population, rounds] = [Number(flags.batch), Number(flags.population), Number(flags.rounds)]
const runtime = createRuntime({ host: 'worker', device: 'cpu', threads: Number(flags.threads) })
const network = await openNetwork(path, { runtime })
const record = await initialRecord(network, {})
if (!record) throw new Error(`${path} takes no picture`)
const probe = new Probe(network, { preprocessing: record.preprocessing }, runtime)
const evolution = new Evolution<unknown>({ probe, encoding: encodings[flags.method === 'direct' ? 'direct' : 'cppn'], population, seed: 1, batch })
const pictures = Float32Array.from({ length: batch * probe.length }, (_, index) => ((index * 7919) % 256) / 255)

const rateOf = async (body: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await body()
  return (1000 * population) / (performance.now() - startedAt)
}
const plainly = async (): Promise<void> => { for (let done = 0; done < population; done += batch) await probe.answers(pictures) }

await plainly()
await evolution.advance()
const turns: { readonly plain: number; readonly evolution: number }[] = []
for (let round = 0; round < rounds; round++) turns.push({ plain: await rateOf(plainly), evolution: await rateOf(() => evolution.advance()) })
const median = (values: readonly number[]): number => Number(medianOf(values).toPrecision(4))
console.log(JSON.stringify({
  method: flags.method, batch, population, rounds, plainPerSecond: median(turns.map(({ plain }) => plain)), evolutionPerSecond: median(turns.map((turn) => turn.evolution)),
  share: median(turns.map((turn) => turn.evolution / turn.plain)), shares: turns.map((turn) => Number((turn.evolution / turn.plain).toFixed(3))),
}))
await probe.dispose()
await network.dispose()
await runtime.dispose()
