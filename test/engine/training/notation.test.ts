import { describe, expect, it } from 'vitest'
import { buildNetwork } from '#engine/training/network.ts'
import { parseNotation } from '#engine/training/notation.ts'
import { presets } from '#engine/training/presets.ts'

const build = (text: string, inputDims: readonly number[] = [1, 28, 28]) => buildNetwork({ net: { kind: 'notation', text }, seed: 1, initialization: 'he', inputDims, mode: 'training', batch: 2 })
const extents = (text: string, inputDims?: readonly number[]) => build(text, inputDims).layers.map((layer) => layer.dims.join('×'))

describe('the short notation', () => {
  it("reads the talk's LeNet as the talk draws it: 28 to 24, 12, 8, 4", () => {
    expect(extents('20C5 MP2 50C5 MP2 256F 10')).toEqual(['20×24×24', '20×12×12', '50×8×8', '50×4×4', '256', '10'])
    expect([...build('20C5 MP2 50C5 MP2 256F 10').parameters.values()].reduce((sum, { dims }) => sum + dims.reduce((product, dim) => product * dim, 1), 0)).toBe(520 + 25_050 + 205_056 + 2570)
  })

  it('keeps the extent where padding is asked for, and strides', () => {
    expect(extents('64C3p-BN 64C3 MP2 128C3s2p 16C3d2g4')).toEqual(['64×28×28', '64×26×26', '64×13×13', '128×7×7', '16×3×3'])
    expect(extents('8C3x5p DW3s2p AP2 GMP 4')).toEqual(['8×28×28', '8×14×14', '8×7×7', '8', '4'])
  })

  it('puts normalisation, activation and dropout behind a layer', () => {
    expect(parseNotation('64C3-BN-leaky-relu-D0.25 256F-D0.5')).toMatchObject([
      { block: 'convolution', batchNorm: true, activation: 'leaky-relu', dropout: 0.25 }, { block: 'dense', units: 256, activation: 'relu', dropout: 0.5 },
    ])
    const { nodes } = build('8C3-BN-leaky-relu-D0.25 4').model.graph
    expect(nodes.map((node) => node.opType)).toEqual(['Conv', 'BatchNormalization', 'LeakyRelu', 'Mul', 'Flatten', 'Gemm'])
  })

  it('adds and joins branches, projecting what goes around where the shape changes', () => {
    const net = build('{8C3s2p-BN 8C3p-BN-linear} [4C1 | 4C1 8C5p] GAP 3')
    expect(net.parameters.has('residual1/skip.weight')).toBe(true)
    expect(net.layers.find((layer) => layer.id === 'branches1')?.dims).toEqual([12, 14, 14])
    expect(build('{1C3p-linear}').parameters.has('residual1/skip.weight')).toBe(false)
  })

  it('unfolds with transposed convolutions and upsampling', () => {
    expect(extents('16C4s2p1 8C4s2p1 16T4s2p1 1T4s2p1-linear').at(-1)).toBe('1×28×28')
    expect(extents('49F RS1x7x7 UP2 UP2').at(-1)).toBe('1×28×28')
  })

  it.each(presets.map((preset) => [preset.title, preset] as const))('builds the preset %s', (_, { id, notation }) => {
    expect(build(notation, ['neuron', 'linear'].includes(id) ? [3] : ['vgg', 'resnet', 'mobile'].includes(id) ? [3, 32, 32] : [1, 28, 28]).layers.length).toBeGreaterThan(0)
  })

  it.each([
    ['20C5 MQ2 10', "'MQ2' at position 6"], ['20C5-BX', "'BX' is not known"], ['0C3', 'size of zero'], ['{ 8C3', 'never closed'], ['8C3 ]', "']' at position 5"], ['MP2-BN', 'nothing may follow'],
    ['', 'is empty'], ['[ 8C3 ]', 'one branch only'], ['[ 8C3 | ]', 'empty branch'],
  ])('%j is refused by its place', (text, message) => {
    expect(() => parseNotation(text)).toThrow(message)
  })

  it('says which layer leaves nothing of the picture', () => {
    expect(() => build('20C5 MP2 50C5 MP2 50C5')).toThrow(/conv3: nothing is left of maps of 4×4/)
  })

  it('draws the same weights for the same seed, and others for another', () => {
    const weight = (seed: number) => buildNetwork({ net: { kind: 'notation', text: '4F 2' }, seed, initialization: 'glorot', inputDims: [3], mode: 'training', batch: 1 }).parameters.get('dense1.weight')?.bytes
    expect(weight(1)).toEqual(weight(1))
    expect(weight(1)).not.toEqual(weight(2))
  })

  it.each([
    ['20C5 MP2 50C15 10', [1, 28, 28], '50C15', 10], ['64F 8C3 4', [3], '8C3', 5], ['8C3p { 4C3p MP3 9C9-linear } 4', [1, 8, 8], '9C9-linear', 17], ['8C3p {8C3} 4', [1, 8, 8], '{', 6],
  ] as const)('points at what does not fit in %s', (text, dims, token, position) => {
    expect(() => build(text, dims)).toThrow(expect.objectContaining({ code: 'option-invalid', data: expect.objectContaining({ token, position }) as unknown }) as Error)
  })
})
