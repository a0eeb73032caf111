/** Evolution against a network as runs have it: batches as large as pay, pictures kept readable as the network is asked. */
import type { Encoding } from './evolution/define-encoding.ts'
import { Evolution } from './evolution/map-elites.ts'
import type { EvolutionOptions } from './evolution/map-elites.ts'
import { keepPolarity } from './polarity.ts'
import type { Probe } from './probe.ts'

/** Small networks are fast: what costs is the way to them. */
const largestBatch = 64

/** `batch` 0: as many as pay. */
export async function openEvolution<Genome>(probe: Probe, encoding: Encoding<Genome>, { population, seed, batch = 0, checkCancelled }: Pick<EvolutionOptions<Genome>, 'population' | 'seed' | 'checkCancelled'> & { readonly batch?: number }): Promise<Evolution<Genome>> {
  return new Evolution({
    probe, encoding, population, seed, batch: batch > 0 ? batch : await probe.network.batchFor(population, { largest: largestBatch, forwardOnly: true }),
    ...(checkCancelled ? { checkCancelled } : {}), keepPolarity: (picture) => keepPolarity(probe, picture),
  })
}
