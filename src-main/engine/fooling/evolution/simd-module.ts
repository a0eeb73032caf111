/**
 * Loops over arrays of float32, four elements at a time, written as expressions and assembled into a WebAssembly module (core
 * specification 2.0, sections 5.4 and 5.5). Its arithmetic is exact IEEE 754: the same bits on every machine, which Math.sin does not promise.
 */

import { AppError } from '#contract/errors.ts'

/** Instructions that leave one vector of four floats. */
export type Vector = readonly number[]

export interface Kernel {
  readonly name: string
  /** Arrays that are read, then those that are written; each at a byte address of the module's memory. */
  readonly reads: number
  readonly writes: number
  /** Numbers given per call. */
  readonly scalars: number
  readonly body: (reads: readonly Vector[], scalars: readonly Vector[], local: (value: Vector) => Vector) => readonly Vector[]
}

const opcode = { f32: 0x7d, i32: 0x7f, v128: 0x7b, get: 0x20, set: 0x21, i32Const: 0x41, i32Add: 0x6a, i32Less: 0x49, loop: 0x03, branchIf: 0x0d, end: 0x0b, empty: 0x40, simd: 0xfd } as const

function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}
/** Non-negative numbers below 64 are one byte in the signed encoding too. */
const smallInteger = (value: number): number[] => [opcode.i32Const, value]
const simd = (code: number): number[] => [opcode.simd, ...unsigned(code)]
const vector = (values: readonly number[]): number[] => [...unsigned(values.length), ...values]
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes]
const section = (id: number, entries: readonly (readonly number[])[]): number[] => [id, ...sized([...unsigned(entries.length), ...entries.flat()])]
const text = (name: string): number[] => vector([...new TextEncoder().encode(name)])

const binary = (code: number) => (a: Vector, b: Vector): Vector => [...a, ...b, ...simd(code)]
const unary = (code: number) => (a: Vector): Vector => [...a, ...simd(code)]

export const simdMath = {
  number: (value: number): Vector => {
    const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer)
    return [...simd(0x0c), ...bytes]
  },
  add: binary(0xe4), subtract: binary(0xe5), multiply: binary(0xe6), divide: binary(0xe7),
  /** b where it is the smaller (larger) one, else a: one instruction of the processor, where min and max, which also tell zeros and NaNs apart, are seven. */
  min: binary(0xea), max: binary(0xeb),
  absolute: unary(0xe0), negate: unary(0xe1), floor: unary(0x68), /** Halves to even. */ nearest: unary(0x6a),
  /** 2 to the power of whole numbers in -126..127: their place in the exponent of a float. */
  powerOfTwo: (whole: Vector): Vector => {
    const bias = new Uint8Array(Int32Array.of(127, 127, 127, 127).buffer)
    return [...whole, ...simd(0xf8), ...simd(0x0c), ...bias, ...simd(0xae), ...smallInteger(23), ...simd(0xab)]
  },
} as const

/** Function of a kernel: (addresses of reads, addresses of writes, scalars, bytes); `bytes` is a multiple of 16, above 0. */
function assemble({ reads, writes, scalars, body }: Kernel): { readonly type: number[]; readonly code: number[] } {
  const addresses = reads + writes
  const end = addresses + scalars
  const offset = end + 1
  let locals = 0
  const prologue: number[] = []
  const get = (index: number): number[] => [opcode.get, ...unsigned(index)]
  const computed: number[] = []
  const keep = (value: Vector, into: number[]): Vector => {
    const index = offset + 1 + locals++
    into.push(...value, opcode.set, ...unsigned(index))
    return get(index)
  }
  const splats = Array.from({ length: scalars }, (_, index) => keep([...get(addresses + index), ...simd(0x13)], prologue))
  const loaded = Array.from({ length: reads }, (_, index) => keep([...get(index), ...get(offset), opcode.i32Add, ...simd(0x00), 0, 0], computed))
  const results = body(loaded, splats, (value) => keep(value, computed))
  const stores = results.flatMap((value, index) => [...get(reads + index), ...get(offset), opcode.i32Add, ...value, ...simd(0x0b), 0, 0])
  const advance = [...get(offset), ...smallInteger(16), opcode.i32Add, opcode.set, ...unsigned(offset)]
  const loop = [opcode.loop, opcode.empty, ...computed, ...stores, ...advance, ...get(offset), ...get(end), opcode.i32Less, opcode.branchIf, 0, opcode.end]
  const declared = [2, 1, opcode.i32, ...unsigned(locals), opcode.v128]
  return {
    type: [0x60, ...vector([...Array.from({ length: addresses }, () => opcode.i32), ...Array.from({ length: scalars }, () => opcode.f32), opcode.i32]), 0],
    code: sized([...declared, ...prologue, ...loop, opcode.end]),
  }
}

export interface SimdModule {
  readonly memory: WebAssembly.Memory
  readonly call: (kernel: string, ...values: number[]) => void
  /** The same of one kernel. */
  readonly kernel: (name: string) => (...values: number[]) => void
}

/** An instance with memory of its own. */
export function createSimdModule(kernels: readonly Kernel[]): SimdModule {
  const parts = kernels.map(assemble)
  const bytes = Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, parts.map(({ type }) => type)),
    ...section(3, parts.map((_, index) => unsigned(index))),
    ...section(5, [[0, 1]]),
    ...section(7, [[...text('memory'), 2, 0], ...kernels.map(({ name }, index) => [...text(name), 0, ...unsigned(index)])]),
    ...section(10, parts.map(({ code }) => code)),
  ])
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const functions = new Map(kernels.map(({ name }) => [name, exports[name] as (...values: number[]) => void]))
  const kernel = (name: string): (...values: number[]) => void => functions.get(name) ?? (() => { throw new AppError('bug', `There is no kernel '${name}'.`) })
  return { memory: exports['memory'] as WebAssembly.Memory, kernel, call: (name, ...values) => { kernel(name)(...values) } }
}
