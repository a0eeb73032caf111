import { describe, expect, it } from 'vitest'
import { float32Npy, readNpy, writeNpy } from '#engine/lib/npy.ts'
import type { DataType } from '#engine/onnx/model.ts'

/** As numpy writes it: the header text, then raw bytes. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`)
  const lengthBytes = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0]
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...lengthBytes, ...text, ...data])
}

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

describe('NumPy arrays', () => {
  it('come back as they were written, in every element type and rank', () => {
    const types: DataType[] = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float16', 'float32', 'float64']
    for (const dataType of types) {
      for (const dims of [[], [3], [2, 3], [0, 4], [2, 1, 3]]) {
        const size = { bool: 1, int8: 1, uint8: 1, int16: 2, uint16: 2, float16: 2, int32: 4, uint32: 4, float32: 4 }[dataType as string] ?? 8
        const bytes = Uint8Array.from({ length: dims.reduce((product, dim) => product * dim, 1) * size }, (_, index) => index * 7)
        const file = writeNpy({ dataType, dims, bytes })
        expect(readNpy(file, 'x.npy')).toEqual({ dataType, dims, bytes })
        expect((file.length - bytes.length) % 64).toBe(0)
      }
    }
  })

  it('are written byte for byte as numpy 1.24 writes them', () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    const expected = npy(header.padEnd(117), bytesOf(Float32Array.of(1, 2)))
    expect(float32Npy([2], Float32Array.of(1, 2))).toEqual(expected)
  })

  it('are read in Fortran order and in big-endian bytes', () => {
    const fortran = npy("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }", bytesOf(Int32Array.of(1, 4, 2, 5, 3, 6)))
    expect([...new Int32Array(readNpy(fortran, 'f.npy').bytes.buffer)]).toEqual([1, 2, 3, 4, 5, 6])
    const big = npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", Uint8Array.of(0x3f, 0x80, 0, 0))
    expect([...new Float32Array(readNpy(big, 'b.npy').bytes.buffer)]).toEqual([1])
  })

  it('are read in header versions 2 and 3', () => {
    for (const version of [2, 3]) {
      const file = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", Uint8Array.of(5, 6), version)
      expect(readNpy(file, 'v.npy')).toEqual({ dataType: 'uint8', dims: [2], bytes: Uint8Array.of(5, 6) })
    }
  })

  it.each([
    ['no magic', new TextEncoder().encode('hello'), /not a NumPy array/],
    ['a cut header', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(8)).subarray(0, 30), /truncated/],
    ['cut data', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(7)), /takes 8 bytes, and 7 follow/],
    ['a huge claim', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,), }", new Uint8Array(8)), /takes 8000000000 bytes/],
    ['Python objects', npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(8)), /structured or Python data/],
    ['records', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", new Uint8Array(8)), /structured or Python data/],
    ['complex numbers', npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)), /'c8'/],
    ['a negative shape', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", new Uint8Array(8)), /shape that cannot be read/],
    ['a version from the future', npy('{}', new Uint8Array(0), 9), /format version 9/],
  ])('with %s are refused by name', (_, file, says) => {
    expect(() => readNpy(file, 'bad.npy')).toThrow(says)
    expect(() => readNpy(file, 'bad.npy')).toThrow(/^bad\.npy/)
  })
})
