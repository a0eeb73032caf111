/** How pictures are written as genomes that are mutated (Nguyen et al. 2014, arXiv:1412.1897, section 2.3): one file each. */
import type { Random } from '../../lib/random.ts'
import type { Extent } from '../probe.ts'

export interface Encoding<Genome> {
  readonly id: 'cppn' | 'direct'
  readonly title: string
  readonly random: (random: Random, extent: Extent) => Genome
  /** `generation` counts from 0. */
  readonly mutate: (parent: Genome, random: Random, generation: number) => Genome
  /** Writes pictures of that extent, of 8 bits a channel, as [C, H, W] in 0..1. */
  readonly painter: (extent: Extent) => (genome: Genome, into: Float32Array) => void
  /** Of that extent: all of a genome's bytes have one length, or they carry their own. */
  readonly toBytes: (genome: Genome) => Uint8Array
  readonly fromBytes: (bytes: Uint8Array, extent: Extent) => Genome
  /** Genomes so small that those of all ancestors are kept as well. */
  readonly keepsAncestors: (extent: Extent) => boolean
}

export const defineEncoding = <Genome>(encoding: Encoding<Genome>): Encoding<Genome> => encoding
