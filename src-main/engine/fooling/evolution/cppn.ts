/** Pictures by small networks from place to colour: regular, symmetrical, and, to us, of something. */
import { cppnFromBytes, cppnToBytes, mutateCppn, randomCppn } from './cppn-genome.ts'
import type { Cppn } from './cppn-genome.ts'
import { defineEncoding } from './define-encoding.ts'
import { cppnPainter } from './paint-cppn.ts'

export default defineEncoding<Cppn>({
  id: 'cppn', title: 'CPPN: a formula of place',
  random: (random, { channels }) => randomCppn(random, channels),
  mutate: (parent, random) => mutateCppn(parent, random),
  painter: cppnPainter,
  toBytes: cppnToBytes,
  fromBytes: cppnFromBytes,
  keepsAncestors: () => true,
})
