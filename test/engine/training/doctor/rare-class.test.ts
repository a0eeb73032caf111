/** A class of 0.5 % of the examples: the plain run is diagnosed, and one click brings the class back and says what that cost. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { createTrainingRuns } from '#engine/library/training-runs.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { recipeOf } from '../../../support/short-runs.ts'
import { describeWithTestdata, testdata } from '../../../support/testdata.ts'

const total = 10_000
const rareShare = 0.005
const wanted = 0.6
const pictureBytes = 28 * 28

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())

/** The first pictures of a set in MNIST's format, in which one class is rare; the held-out part keeps all of it that it can. */
async function writeRare(folder: string, set: string, rare: number): Promise<void> {
  const read = async (name: string): Promise<Buffer> => gunzipSync(await readFile(testdata(`datasets/${set}/${name}-ubyte.gz`)))
  const write = async (part: string, keep: (label: number, kept: ReadonlyMap<number, number>, count: number) => boolean): Promise<void> => {
    const images = await read(`${part}-images-idx3`)
    const labels = await read(`${part}-labels-idx1`)
    const kept = new Map<number, number>()
    const places: number[] = []
    for (let index = 0; index < labels.length - 8; index++) {
      const label = labels[8 + index]!
      if (!keep(label, kept, places.length)) continue
      kept.set(label, (kept.get(label) ?? 0) + 1)
      places.push(index)
    }
    const headed = (header: Buffer, body: readonly Buffer[]): Buffer => {
      const copy = Buffer.from(header)
      copy.writeUInt32BE(places.length, 4)
      return Buffer.concat([copy, ...body])
    }
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), headed(images.subarray(0, 16), places.map((index) => images.subarray(16 + index * pictureBytes, 16 + (index + 1) * pictureBytes))))
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), headed(labels.subarray(0, 8), [Buffer.from(places.map((index) => labels[8 + index]!))]))
  }
  await write('train', (label, kept, count) => count < total && (label !== rare || (kept.get(label) ?? 0) < total * rareShare))
  await write('t10k', (_, __, count) => count < 3000)
}

describeWithTestdata('a class of 0.5 %', () => {
  it.each([['mnist', 8, '64F 10'], ['mnist', 5, '8C5 MP2 16C5 MP2 64F 10'], ['fashion-mnist', 6, '64F 10'], ['fashion-mnist', 4, '8C5 MP2 16C5 MP2 64F 10']])('%s without its class %i, learned by %s', async (set, rare, net) => {
    const folder = await mkdtemp(join(tmpdir(), 'phosphene-rare-'))
    try {
      await mkdir(join(folder, 'runs'))
      await writeRare(folder, set, rare)
      const runs = createTrainingRuns({ runtime, folder: join(folder, 'runs') })
      const { id } = await runs.start({ ...recipeOf({ recipe: { net: { kind: 'notation', text: net }, epochs: 3, batch: 50 } }), data: { kind: 'files', path: folder, options: {} } })
      for await (const event of runs.watch(id, undefined)) if (event.type === 'state' && (event.summary.state === 'done' || event.summary.state === 'failed')) break
      const { findings } = await runs.detail(id)
      expect(findings[0]).toMatchObject({ rule: 'class-given-up', classIndex: rare })
      const outcome = await runs.tryFix(id, findings[0]!.id, findings[0]!.fixes[0]!.id)
      if (process.env['DOCTOR_TEXT']) console.log(set, rare, net, outcome.summary)
      expect(outcome.before.recall[rare]).toBeLessThan(wanted)
      expect(outcome.after.recall[rare]).toBeGreaterThan(wanted)
      expect(outcome.summary).toMatch(/^Recall of .* to \d+ %; accuracy .* to .*; the other classes [−+][\d.]+ points/)
      await runs.dispose()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
