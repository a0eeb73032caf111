import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { decodePicture } from '#engine/images/decode.ts'
import { createRandom } from '#engine/lib/random.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { colorCandidates, findCandidate } from '#engine/preprocessing/candidates.ts'
import { answerOf, correlation, evidence } from '#engine/preprocessing/evidence.ts'
import { float32OfHost } from '#engine/preprocessing/host-values.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { guessRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { rewireInput } from '../../support/rewire-input.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

const logitsOf = (seed: number, spread: number, peak = 0): Float32Array => {
  const random = createRandom(seed)
  return Float32Array.from({ length: 1000 }, (_, index) => spread * (random.normal() + (index === 7 ? peak : 0)))
}

describe('evidence', () => {
  it('grows with what stands out, and not with the range of the logits', () => {
    const flat = answerOf(logitsOf(1, 2)), peaked = answerOf(logitsOf(1, 2, 9)), scaled = answerOf(logitsOf(1, 500))
    expect(peaked.sharpness).toBeGreaterThan(flat.sharpness + 0.5)
    expect(scaled.sharpness).toBeCloseTo(flat.sharpness, 4)
    expect(scaled.confidence).toBeGreaterThan(0.99)
    // Probabilities of logits that far apart say nothing: they count as none at all.
    expect(scaled.entropy).toBeCloseTo(Math.log(1000), 6)
    expect(evidence([scaled], [], 0)).toBeLessThanOrEqual(evidence([flat], [], 0) + 1e-4)
  })

  it('is taken from answers that are the same whatever is shown', () => {
    const view = answerOf(logitsOf(1, 2, 9)), same = answerOf(logitsOf(1, 5, 9)), other = answerOf(logitsOf(2, 2))
    expect(correlation(view, same)).toBeCloseTo(1, 4)
    expect(evidence([view], [other], 0)).toBeGreaterThan(evidence([view], [same], 0) + 1)
  })

  it('survives answers that are no numbers, and constant ones', () => {
    for (const logits of [new Float32Array(10), new Float32Array(10).fill(NaN), Float32Array.of(Infinity, 0, 1)]) {
      const answer = answerOf(logits)
      expect(Number.isFinite(evidence([answer], [answer], 0))).toBe(true)
      expect(answer.confidence).toBeCloseTo(1 / logits.length, 6)
    }
  })
})

describeWithTestdata('guessing', () => {
  const runtime = createRuntime({ host: 'inline', device: 'cpu' })
  afterAll(() => runtime.dispose())
  const usual = colorCandidates.filter(({ rarity }) => rarity === 0)

  it.each(usual.map(({ id, normalization }, index) => [id, normalization, index % 2 === 1] as const))('finds %s from one photograph, for a network rewired to want it', async (id, wanted, channelsLast) => {
    const model = await loadModel(testdata('models/shufflenet-v2-dequant.onnx'))
    const network = await openNetwork(rewireInput(model, findCandidate('imagenet', 3)!.normalization, wanted, channelsLast), { runtime })
    const picture = await decodePicture(readFileSync(testdata('images/photos/n02056570_king_penguin.jpg')), 'penguin')
    const { preprocessing, candidates, source, confirmed } = await guessRecord(network, [picture])
    expect(candidates[0]!.id).toBe(id)
    expect({ source, confirmed, layout: preprocessing.layout }).toEqual({ source: 'guessed', confirmed: false, layout: channelsLast ? 'NHWC' : 'NCHW' })
    expect(candidates.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6)
    const { inputs } = preparePicture(network, preprocessing, picture)
    const output = float32OfHost((await network.forward(inputs, [preprocessing.outputTensor!]))[preprocessing.outputTensor!]!)
    expect(preprocessing.labels[output.indexOf(Math.max(...output))]).toBe('king penguin')
    await network.dispose()
  })

  it('finds the range of networks that answer with pictures', async () => {
    const picture = await decodePicture(readFileSync(testdata('images/photos/n02056570_king_penguin.jpg')), 'penguin')
    for (const [file, scale] of [['fast-style-candy', 255], ['super-resolution', 1]] as const) {
      const network = await openNetwork(testdata(`models/${file}.onnx`), { runtime })
      expect((await guessRecord(network, [picture])).preprocessing, file).toMatchObject({ scale, output: 'none', fit: 'crop' })
      await network.dispose()
    }
  })

  it('is cancelled at once', async () => {
    const network = await openNetwork(testdata('models/shufflenet-v2-dequant.onnx'), { runtime })
    const picture = await decodePicture(readFileSync(testdata('images/photos/n02056570_king_penguin.jpg')), 'penguin')
    await expect(guessRecord(network, [picture], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    await network.dispose()
  })
})
