import { afterEach, describe, expect, it, vi } from 'vitest'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WeightStore } from '#engine/network/weight-store.ts'
import { readModel } from '#engine/onnx/read.ts'
import { writeModel } from '#engine/onnx/write.ts'
import type { Model } from '#engine/onnx/model.ts'
import { float32Of, float32Tensor } from '#engine/onnx/tensor-data.ts'
import type { ModelSource } from '#engine/runtime/session.ts'
import { graphModel } from '../../support/graph-model.ts'

const width = 2100
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, index) => Math.fround(index * 0.001))
function dense(op: 'MatMul' | 'Gemm', size = width): Model {
  return graphModel({
    inputs: { x: [1, size] }, nodes: [{ op, inputs: ['x', 'w'], outputs: ['h'] }, { op: 'Add', inputs: ['h', 'b'], outputs: ['y'] }],
    outputs: { y: [1, size] }, constants: { w: float32Tensor([size, size], size === width ? ramp(size * size) : new Float32Array(size * size)), b: float32Tensor([size], ramp(size)) },
  })
}
const stores: WeightStore[] = []
afterEach(async () => { await Promise.all(stores.splice(0).map((store) => store.dispose())) })
function newStore(): WeightStore {
  const store = new WeightStore()
  stores.push(store)
  return store
}
const bytesSource = (source: ModelSource) => { if (source.kind !== 'bytes') throw new Error('bytes were expected'); return source }

describe('the weight store', () => {
  it('leaves a small model as it is, and passes it as bytes', async () => {
    const store = newStore()
    const model = dense('MatMul', 64)
    expect(await store.adopt(model)).toBe(model)
    const source = bytesSource(await store.sourceOf(model))
    expect(source.weightsFolder).toBeUndefined()
    expect(readModel(source.bytes).graph.initializers.get('w')!.bytes.byteLength).toBe(64 * 64 * 4)
    expect(store.bytes).toBe(0)
  })

  it('reads adopted weights back from the file, and holds no view of what the model was read from', async () => {
    const store = newStore()
    const file = writeModel(dense('MatMul'))
    const adopted = await store.adopt(readModel(file))
    const stored = adopted.graph.initializers.get('w')!
    // Vitest compares millions of elements one by one; a Buffer compares them at once.
    const expected = Buffer.from(ramp(width * width).buffer)
    expect(expected.equals(stored.bytes)).toBe(true)
    expect(expected.equals({ ...stored }.bytes)).toBe(true)
    expect(float32Of(stored)).toHaveLength(width * width)
    const small = adopted.graph.initializers.get('b')!
    expect(small.bytes.buffer).not.toBe(file.buffer)
    expect(float32Of(small)).toEqual(ramp(width))
    expect((await store.adopt(adopted)).graph.initializers.get('w')).toBe(stored)
  })

  it('writes each content once, however often it comes', async () => {
    const store = newStore()
    const adopted = await store.adopt(dense('MatMul'))
    const written = store.bytes
    expect(written).toBeGreaterThanOrEqual(width * width * 4)
    await store.sourceOf(adopted)
    await Promise.all([store.sourceOf(dense('MatMul')), store.sourceOf(dense('MatMul'))])
    expect(store.bytes).toBe(written)
    const source = bytesSource(await store.sourceOf(adopted))
    expect(source.bytes.byteLength).toBeLessThan(20_000)
    expect(readModel(source.bytes).graph.initializers.get('w')).toMatchObject({ dims: [width, width], external: { location: 'weights.bin', offset: 0, length: width * width * 4 } })
    expect(statSync(join(source.weightsFolder!, 'weights.bin')).size).toBe(width * width * 4)
  })

  it('asks for unpacked weights where dense layers over vectors hold most of them', async () => {
    const large = 4200
    expect(bytesSource(await newStore().sourceOf(dense('Gemm', large))).prepack).toBe(false)
    expect(bytesSource(await newStore().sourceOf(dense('MatMul', large))).prepack).toBeUndefined()
  })

  it('removes its folder, after which adopted weights cannot be read', async () => {
    const store = new WeightStore()
    const adopted = await store.adopt(dense('MatMul'))
    const { weightsFolder } = bytesSource(await store.sourceOf(adopted))
    const tensor = (await store.adopt(dense('MatMul'))).graph.initializers.get('w')!
    await store.dispose()
    expect(existsSync(weightsFolder!)).toBe(false)
    expect(() => tensor.bytes).toThrow(expect.objectContaining({ code: 'bug' }))
  })
})

describe('scratch folders', () => {
  it('carry the process id; those of processes that ended are removed once by the next', async () => {
    // The sweep runs once a process: a child that ended shortly before stands for an earlier start.
    const { spawnSync } = await import('node:child_process')
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const orphan = join(tmpdir(), `phosphene-weights-${pid}-abcdef`)
    mkdirSync(orphan, { recursive: true })
    vi.resetModules()
    const { makeScratchFolder } = await import('#engine/network/scratch-folder.ts')
    const folder = await makeScratchFolder('weights')
    expect(folder).toContain(`phosphene-weights-${process.pid}-`)
    expect(existsSync(orphan)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })
})
