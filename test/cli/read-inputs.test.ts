/** Models that take more than one picture: what the command line feeds them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float32Npy } from '#engine/lib/npy.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { saveModel } from '#engine/onnx/write.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { readInputs } from '../../src-main/cli/read-inputs.ts'
import { graphModel } from '../support/graph-model.ts'
import { root } from '../support/served-application.ts'

const picture = join(root, 'resources/pictures/cat.png')

describe('the inputs of a command', () => {
  const runtime = createRuntime({ host: 'inline', device: 'cpu' })
  let folder: string, model: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phosphene-inputs-'))
    model = join(folder, 'three inputs.onnx')
    await saveModel(graphModel({
      inputs: { left: [1, 3, 16, 16], right: [1, 3, 16, 16], age: [1, 2] },
      nodes: [
        { op: 'Sub', inputs: ['left', 'right'], outputs: ['apart'] }, { op: 'GlobalAveragePool', inputs: ['apart'], outputs: ['pooled'] },
        { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] }, { op: 'MatMul', inputs: ['age', 'w'], outputs: ['aged'] }, { op: 'Add', inputs: ['flat', 'aged'], outputs: ['y'] },
      ],
      outputs: { y: [1, 3] },
      constants: { w: float32Tensor([2, 3], [1, 2, 3, 4, 5, 6]) },
    }), model)
    await writeFile(join(folder, 'age.npy'), float32Npy([1, 2], Float32Array.of(3, 4)))
  })
  afterAll(async () => {
    await runtime.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  const read = async (...input: string[]) => readInputs(runtime, await loadModel(model), model, { input, preprocess: 'zero-one' })
  const isZero = (data: ArrayLike<number | bigint> | undefined): boolean => data !== undefined && Array.from(data).every((value) => Number(value) === 0)

  it('a picture goes into the input that it is given for, and arrays stay as given, in any order', async () => {
    for (const order of [[`right=${picture}`, `age=${join(folder, 'age.npy')}`], [`age=${join(folder, 'age.npy')}`, `right=${picture}`]]) {
      const { feeds, notes } = await read(...order)
      expect([...(feeds['age']?.data as Float32Array)]).toEqual([3, 4])
      expect(isZero(feeds['left']?.data)).toBe(true)
      expect(isZero(feeds['right']?.data)).toBe(false)
      expect(notes.at(-1)).toContain("zeros: 'left'")
    }
  })

  it('a picture without a name goes into the first that takes one', async () => {
    const { feeds, notes } = await read(picture)
    expect([isZero(feeds['left']?.data), isZero(feeds['right']?.data), isZero(feeds['age']?.data)]).toEqual([false, true, true])
    expect(notes.at(-1)).toMatch(/'right'.*'age'/)
  })

  it('says which input takes no picture, and which arrays are missing', async () => {
    await expect(read(`age=${picture}`)).rejects.toMatchObject({ code: 'preprocessing-invalid', message: expect.stringContaining('age=FILE.npy') as string })
    await expect(read(`age=${join(folder, 'age.npy')}`)).rejects.toMatchObject({ code: 'input-required', message: expect.stringContaining('--input left=FILE.npy') as string })
  })
})
