/** An archive as tensors and back: what a run goes on from, and what lineages are read from. */
import { AppError } from '#contract/errors.ts'
import type { NamedTensor } from '../../lib/safetensors.ts'
import type { Extent } from '../probe.ts'
import type { Archive, Individual } from './archive.ts'
import type { Encoding } from './define-encoding.ts'

/** id, parent, generation, from, and of the genome: first word, length in bytes (-1: not kept). */
const columns = 6
const wordBytes = 4

export function archiveTensors<Genome>(archive: Archive<Genome>, { toBytes }: Encoding<Genome>): Map<string, NamedTensor> {
  const individuals = [...archive.individuals.values()]
  const genomes = individuals.map(({ genome }) => (genome === undefined ? undefined : toBytes(genome)))
  const words = genomes.map((bytes) => Math.ceil((bytes?.length ?? 0) / wordBytes))
  const packed = new Int32Array(words.reduce((sum, count) => sum + count, 0))
  const bytesOf = new Uint8Array(packed.buffer)
  const table = new Int32Array(individuals.length * columns)
  let word = 0
  individuals.forEach(({ id, parent, generation, from }, index) => {
    const genome = genomes[index]
    table.set([id, parent, generation, from, word, genome?.length ?? -1], index * columns)
    if (genome) bytesOf.set(genome, word * wordBytes)
    word += words[index] ?? 0
  })
  return new Map<string, NamedTensor>([
    ['confidences', { dims: [archive.classes], data: archive.confidences.slice() }],
    ['elites', { dims: [archive.classes], data: archive.elites.slice() }],
    ['individuals', { dims: [individuals.length, columns], data: table }],
    ['genomes', { dims: [packed.length], data: packed }],
  ])
}

/** Throws 'data-invalid' where the tensors are not an archive of that many classes. */
export function restoreArchive<Genome>(archive: Archive<Genome>, tensors: ReadonlyMap<string, NamedTensor>, { fromBytes }: Encoding<Genome>, extent: Extent): void {
  const [confidences, elites, table, packed] = ['confidences', 'elites', 'individuals', 'genomes'].map((name) => tensors.get(name)?.data)
  if (!(confidences instanceof Float32Array) || !(elites instanceof Int32Array) || !(table instanceof Int32Array) || !(packed instanceof Int32Array) || elites.length !== archive.classes)
    throw new AppError('data-invalid', `The kept state is no archive of ${archive.classes} classes: it was made with another model. Start a new run.`)
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength)
  const individuals = Array.from({ length: table.length / columns }, (_, index): Individual<Genome> => {
    const [id = 0, parent = -1, generation = 0, from = -1, word = 0, length = -1] = table.subarray(index * columns, (index + 1) * columns)
    return { id, parent, generation, from, genome: length < 0 ? undefined : fromBytes(bytes.subarray(word * wordBytes, word * wordBytes + length), extent) }
  })
  archive.restore(confidences, elites, individuals)
}
