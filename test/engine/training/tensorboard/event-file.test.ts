import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { crc32c } from '#engine/lib/crc32c.ts'
import { EventWriter, readScalars } from '#engine/training/tensorboard/event-file.ts'
import { encodeScalar, encodeVersion } from '#engine/training/tensorboard/event.ts'
import { frameRecord, maskedCrc } from '#engine/training/tensorboard/records.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/**
 * A file that TensorFlow 2 wrote for `tf.summary.scalar('accuracy', 0.99, step=77)`, as TensorBoard's own tests hold it
 * (tensorboard/data/server/tf_record.rs).
 */
const byTensorFlow = bytesOf(`
  18 00 00 00 00 00 00 00  a3 7f 4b 22
  09 00 00 80 38 99 d6 d7 41  1a 0d 62 72 61 69 6e 2e 45 76 65 6e 74 3a 32   12 4b 36 ab
  32 00 00 00 00 00 00 00  24 19 56 ec
  09 c4 05 b7 3d 99 d6 d7 41  10 4d  2a 25 0a 23 0a 08 61 63 63 75 72 61 63 79
  42 0a 08 01 12 00 22 04 a4 70 7d 3f  4a 0b 0a 09 0a 07 73 63 61 6c 61 72 73   a5 5b 64 33`)

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'phosphene-events-')) })
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

describe('CRC-32C', () => {
  it('gives the values of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
    expect(crc32c(text('123456789'))).toBe(0xe3069283)
  })

  it('is masked as in a file of TensorFlow’s', () => {
    expect(maskedCrc(text('\u001a\u0011CRC test, one two'))).toBe(0x5794d08a)
    expect(maskedCrc(bytesOf('18 00 00 00 00 00 00 00'))).toBe(0x224b7fa3)
  })
})

describe('event files', () => {
  it('reads what TensorFlow wrote', async () => {
    await writeFile(join(folder, 'events.out.tfevents.1'), byTensorFlow)
    expect(await readScalars(folder)).toEqual([{ tag: 'accuracy', steps: [77], values: [Math.fround(0.99)] }])
  })

  it('writes the bytes that TensorFlow writes', () => {
    const version = new DataView(byTensorFlow.buffer).getFloat64(13, true)
    expect(frameRecord(encodeVersion(version))).toEqual(byTensorFlow.subarray(0, 40))
    const second = byTensorFlow.subarray(40)
    const time = new DataView(second.buffer, second.byteOffset).getFloat64(13, true)
    // Ours says also that the tag's data class is 'scalar' (field 4 of the metadata), which TensorFlow left to its plugin's name then.
    const ours = encodeScalar(time, 77, { tag: 'accuracy', value: 0.99 }, true)
    const theirs = second.subarray(12, -4)
    expect(Buffer.from(ours).toString('hex')).toBe(Buffer.from(theirs).toString('hex').replace('2a250a23', '2a270a25').replace('4a0b0a090a077363616c617273', '4a0d0a090a077363616c6172732001'))
  })

  it('reads back what was written, by tag and in order of steps', async () => {
    const writer = await EventWriter.open(folder)
    for (let step = 1; step <= 3000; step++) {
      writer.scalar('train/loss', step, 1 / step)
      if (step % 1000 === 0) writer.scalar('validation/score', step, step / 4000)
    }
    writer.scalar('empty/number', 5, NaN)
    await writer.close()
    const [empty, loss, score] = await readScalars(folder)
    expect(empty).toEqual({ tag: 'empty/number', steps: [5], values: [NaN] })
    expect(loss?.steps).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1))
    expect(loss?.values[2]).toBe(Math.fround(1 / 3))
    expect(score).toEqual({ tag: 'validation/score', steps: [1000, 2000, 3000], values: [0.25, 0.5, 0.75] })
  })

  it('reads all whole records of a file whose end is missing, wherever it was cut', async () => {
    const writer = await EventWriter.open(folder)
    for (let step = 0; step < 5; step++) writer.scalar('loss', step, step)
    await writer.close()
    const whole = await readFile(writer.path)
    const record = frameRecord(encodeScalar(0, 1, { tag: 'loss', value: 1 }, false)).length
    for (let cut = 1; cut < record; cut++) {
      await truncate(writer.path, whole.length - cut)
      const [loss] = await readScalars(writer.path)
      expect(loss?.steps).toEqual([0, 1, 2, 3])
    }
  })

  it('steps over a record whose bytes were changed, and over foreign ones', async () => {
    const writer = await EventWriter.open(folder)
    for (let step = 0; step < 5; step++) writer.scalar('loss', step, step)
    await writer.close()
    const bytes = await readFile(writer.path)
    const last = frameRecord(encodeScalar(0, 4, { tag: 'loss', value: 4 }, false)).length
    bytes[bytes.length - last - 10]! ^= 0xff
    await writeFile(writer.path, bytes)
    await appendFile(writer.path, frameRecord(text('no Event, but a sound record')))
    await appendFile(writer.path, frameRecord(encodeScalar(0, 9, { tag: 'loss', value: 9 }, false)))
    expect((await readScalars(writer.path))[0]?.steps).toEqual([0, 1, 2, 4, 9])
  })

  it('forgets what a resumed run does again', async () => {
    const first = await EventWriter.open(folder)
    for (let step = 1; step <= 10; step++) first.scalar('loss', step, 1)
    await first.close()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const second = await EventWriter.open(folder, { from: 6 })
    for (let step = 6; step <= 8; step++) second.scalar('loss', step, 2)
    await second.close()
    expect(await readScalars(folder)).toEqual([{ tag: 'loss', steps: [1, 2, 3, 4, 5, 6, 7, 8], values: [1, 1, 1, 1, 1, 2, 2, 2] }])
  })

  it('names the runs of subfolders', async () => {
    for (const run of ['train', 'validation']) {
      await mkdir(join(folder, run))
      await writeFile(join(folder, run, 'events.out.tfevents.1'), byTensorFlow)
    }
    expect((await readScalars(folder)).map(({ tag }) => tag)).toEqual(['train/accuracy', 'validation/accuracy'])
  })

  it('reads PyTorch’s simple values and numbers of other types', async () => {
    // Event { step: 3, summary { value { tag: 'a', simple_value: 0.5 } value { tag: 'b', tensor { DT_INT64, int64_val: 7 } } value { tag: 'c', tensor { DT_HALF, half_val: 0x3c00 } } } }
    const summary = bytesOf('0a08 0a0161 150000003f  0a09 0a0162 4204 0809 5007  0a0b 0a0163 4206 0813 6a02 8078')
    const event = Uint8Array.from([0x10, 3, 0x2a, summary.length, ...summary])
    await writeFile(join(folder, 'events.out.tfevents.2'), Buffer.concat([frameRecord(encodeVersion(0)), frameRecord(event)]))
    expect(await readScalars(folder)).toEqual([{ tag: 'a', steps: [3], values: [0.5] }, { tag: 'b', steps: [3], values: [7] }, { tag: 'c', steps: [3], values: [1] }])
  })

  it('says what is wrong with a path that holds none', async () => {
    await expect(readScalars(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'file-missing' })
    await expect(readScalars(folder)).rejects.toMatchObject({ code: 'not-found' })
    await writeFile(join(folder, 'notes.tfevents.txt'), 'these are words, not records of events')
    await expect(readScalars(folder)).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})
