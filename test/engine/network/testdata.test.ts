import { afterAll, expect, it } from 'vitest'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Network } from '#engine/network/network.ts'
import { staticDims } from '#engine/onnx/shapes/dims.ts'
import { elementCount } from '#engine/onnx/tensor-data.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import type { HostTensors } from '#engine/runtime/host-tensor.ts'
import { createRandom } from '#engine/lib/random.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())
const open = (name: string, inputDims = {}): Promise<Network> => openNetwork(testdata(`models/${name}.onnx`), { runtime, inputDims })

function inputsOf(network: Network): HostTensors {
  const random = createRandom(1)
  return Object.fromEntries(network.inputs.map(({ name, dims }) => [name, floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.uniform()))]))
}

describeWithTestdata('networks of the test data that do not classify', () => {
  it.each([
    ['fast-style-candy', { input: [1, 3, 64, 96] }], ['fast-style-mosaic', { input: [1, 3, 64, 96] }], ['super-resolution', {}],
    ['mnist-dcgan-generator', {}], ['bvae-ae_encoder', {}], ['bvae-ae_decoder', {}],
  ])('%s runs, and every value has the shape that inference says', async (name, inputDims) => {
    const network = await open(name, inputDims)
    const inputs = inputsOf(network)
    const values = network.compute.graph.nodes.flatMap((node) => node.outputs).filter((value) => value !== '')
    const results = await network.forward(inputs, values)
    for (const value of values) expect(staticDims(network.facts.get(value)?.shape), value).toEqual(results[value]!.dims)
    expect(network.outputs.every((output) => values.includes(output))).toBe(true)
    await network.dispose()
  })

  it('a style network at another size than it was opened at', async () => {
    const network = await open('fast-style-candy', { input: [1, 3, 64, 64] })
    const [output = ''] = network.outputs
    expect((await network.forward({ input: floatTensor([1, 3, 32, 96], new Float32Array(9216).fill(100)) }, [output]))[output]!.dims).toEqual([1, 3, 32, 96])
    await network.dispose()
  })

  it('a style network has a gradient through instance normalisation, reflection and resizing', async () => {
    const network = await open('fast-style-candy', { input: [1, 3, 32, 32] })
    const [output = ''] = network.outputs
    const seed = floatTensor([1, 3, 32, 32], new Float32Array(3072).fill(1))
    const { gradients } = await network.gradient({ of: output, seed, wrt: ['input'], inputs: { input: floatTensor([1, 3, 32, 32], Float32Array.from({ length: 3072 }, (_, index) => (index * 37) % 255)) } })
    expect(gradients['input']!.data.every(Number.isFinite)).toBe(true)
    expect(gradients['input']!.data.some((value) => value !== 0)).toBe(true)
    await network.dispose()
  })
})

describeWithTestdata('networks of the test data that are limited', () => {
  it('a quantised network runs and shows its layers; its gradient is refused with what to do', async () => {
    const network = await open('shufflenet-v2-12-int8')
    expect(network.summary.notRunnable).toBeUndefined()
    const inputs = inputsOf(network)
    const [output = ''] = network.outputs
    expect((await network.forward(inputs, [output]))[output]!.dims).toEqual([1, 1000])
    const seed = floatTensor([1, 1000], new Float32Array(1000).fill(1))
    await expect(network.gradient({ of: output, seed, wrt: ['input'], inputs })).rejects.toMatchObject({ code: 'gradient-refused', message: expect.stringMatching(/float32 original|quantiz/i) })
    await network.dispose()
  })

  it('a network of operator set 1 shows its layers and says why it does not run', async () => {
    const network = await open('mnist-cntk-onnxmodels')
    expect(network.structure.layers.length).toBeGreaterThan(3)
    await expect(network.forward(inputsOf(network), network.outputs)).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('operator set 1') })
    await network.dispose()
  })
})
