import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Model } from '#engine/onnx/model.ts'
import { loadModel, readModel } from '#engine/onnx/read.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { saveModel, writeModel } from '#engine/onnx/write.ts'
import { soundModel } from '../../support/bad-inputs.ts'

let folder = ''
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'phosphene-save-')) })
afterEach(() => rm(folder, { recursive: true }))

/** Two tensors past the threshold of external data, one below. */
function wideModel(): Model {
  const sound = soundModel()
  const wide = (seed: number) => float32Tensor([4, 300], Array.from({ length: 1200 }, (_, index) => Math.sin(index + seed)))
  return {
    ...sound,
    graph: {
      ...sound.graph, outputs: [{ name: 'y' }],
      nodes: [...sound.graph.nodes.slice(0, 1), { name: 'add', opType: 'Add', domain: '', inputs: ['h', 'row'], outputs: ['a'], attributes: new Map() }, { name: 'relu', opType: 'Relu', domain: '', inputs: ['a'], outputs: ['y'], attributes: new Map() }],
      initializers: new Map([['w', wide(0)], ['row', float32Tensor([1], [0.5])], ['unread', wide(1)]]),
    },
  }
}

describe('saveModel', () => {
  it('writes what loadModel reads', async () => {
    const path = join(folder, 'model.onnx')
    await saveModel(wideModel(), path)
    expect(await loadModel(path)).toEqual(wideModel())
    expect(await readFile(path)).toEqual(Buffer.from(writeModel(wideModel())))
  })
  it('puts large tensors beside the model on request, where onnxruntime finds them too', async () => {
    const path = join(folder, 'model.onnx')
    await saveModel(wideModel(), path, { external: true })
    expect((await readdir(folder)).sort()).toEqual(['model.onnx', 'model.onnx.data'])
    expect((await stat(path)).size).toBeLessThan(1000)
    const shell = readModel(await readFile(path))
    expect(shell.graph.initializers.get('w')?.external).toEqual({ location: 'model.onnx.data', offset: 0, length: 4800 })
    expect(shell.graph.initializers.get('unread')?.external?.offset).toBe(8192)
    expect(shell.graph.initializers.get('row')?.external).toBeUndefined()
    expect(await loadModel(path)).toEqual(wideModel())

    const feeds = { x: new Tensor('float32', Float32Array.of(1, -2, 3, 4), [1, 4]) }
    const outputs = await Promise.all([path, writeModel(wideModel())].map(async (source) => {
      const session = await InferenceSession.create(source as string, { logSeverityLevel: 4 })
      return (await session.run(feeds))['y']?.data
    }))
    expect(outputs[0]).toEqual(outputs[1])
  })
  it('refuses a model whose weights it does not have', async () => {
    const path = join(folder, 'model.onnx')
    await saveModel(wideModel(), path, { external: true })
    await expect(saveModel(readModel(await readFile(path)), join(folder, 'other.onnx'))).rejects.toThrow(/'w'.*has not been loaded/)
  })
  it('leaves nothing behind where it cannot write', async () => {
    await writeFile(join(folder, 'a'), 'a')
    await expect(saveModel(wideModel(), join(folder, 'a', 'model.onnx'))).rejects.toThrow(/cannot be written: a part of the path is not a folder/)
    await expect(saveModel(wideModel(), folder)).rejects.toThrow(/cannot be written/)
    expect(await readdir(folder)).toEqual(['a'])
  })
})
