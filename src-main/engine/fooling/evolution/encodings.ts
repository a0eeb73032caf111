import cppn from './cppn.ts'
import direct from './direct.ts'
import type { Encoding } from './define-encoding.ts'

/** Callers keep genomes and encoding together. */
export const encodings: Readonly<Record<'cppn' | 'direct', Encoding<unknown>>> = { cppn: cppn as Encoding<unknown>, direct: direct as Encoding<unknown> }
