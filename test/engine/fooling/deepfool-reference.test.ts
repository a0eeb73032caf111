import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { distanceOf } from '#engine/fooling/ball.ts'
import { roundToBytes } from '#engine/fooling/eight-bit.ts'
import { bestOf } from '#engine/fooling/goal.ts'
import deepfool from '#engine/fooling/methods/deepfool.ts'
import { classTensor } from '#engine/attribution/target.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { affineOf } from '#engine/network/display-space.ts'
import { classifierPath, classifiers, photo } from '../../support/classifiers.ts'
import { contextOf, openProbe } from '../../support/fooling.ts'
import { hasTestdata, testdata } from '../../support/testdata.ts'
import { describeWithTorch, python } from '../../support/torchvision.ts'

const script = fileURLToPath(new URL('../../support/torch-deepfool.py', import.meta.url))
/** The issue's: means of changes differ by so much at most. */
const tolerance = 0.1
const name = process.env['PHOSPHENE_DEEPFOOL_MODEL'] ?? 'squeezenet1.1-caffe'
/** Of those that the network names rightly, the first so many. */
const count = Number(process.env['PHOSPHENE_DEEPFOOL_PICTURES'] ?? 4)

describeWithTorch('DeepFool', () => {
  it.skipIf(!hasTestdata)("changes photographs by as little as its authors' own code does", async () => {
    const classifier = classifiers.find((each) => each.name === name)!
    const { probe, dispose } = await openProbe(name)
    const folder = mkdtempSync(join(tmpdir(), 'phosphene-deepfool-'))
    try {
      const photographs = readdirSync(testdata('images/photos')).map((file) => file.replace('.jpg', ''))
      const wnids = JSON.parse(readFileSync(testdata('imagenet-wnids.json'), 'utf8')) as readonly string[]
      const ours: number[] = []
      const files: string[] = []
      for (const each of photographs) {
        const picture = roundToBytes((await photo(each, probe.display)).data)
        const [logits] = await probe.logits(picture)
        if (files.length === count || bestOf(logits!) !== wnids.indexOf(each.split('_')[0]!)) continue
        const file = join(folder, `${files.length}.npy`)
        writeFileSync(file, float32Npy([1, probe.extent.channels, probe.extent.height, probe.extent.width], picture))
        files.push(file)
        const found = await deepfool.run(contextOf(probe, deepfool, { kind: 'leave', index: bestOf(logits!) }), picture)
        ours.push(distanceOf(found, picture, probe.extent.channels).l2 / 255)
      }
      const { gain, offset } = affineOf(probe.display, probe.extent.channels)
      writeFileSync(join(folder, 'job.json'), JSON.stringify({ input: classifier.input, gain: [...gain], offset: [...offset], bgr: classifier.recipe.channels === 'BGR', pictures: files, candidates: 9, overshoot: 0.02, steps: 50 }))
      const theirs = JSON.parse(execFileSync(python, [script, classifierPath(classifier), classTensor(probe.network, probe.display), join(folder, 'job.json')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })) as { l2: number[] }
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
      console.log(`DeepFool, ${name}, ${files.length} photographs: ours ${(255 * mean(ours)).toFixed(3)}, PyTorch ${(255 * mean(theirs.l2)).toFixed(3)} (L2, steps of 8 bits)`)
      expect(ours.length).toBeGreaterThanOrEqual(Math.min(count, 4))
      expect(Math.abs(mean(ours) / mean(theirs.l2) - 1)).toBeLessThan(tolerance)
    } finally {
      rmSync(folder, { recursive: true })
      await dispose()
    }
  }, Math.max(300_000, 60_000 * count))
})
