/** The line in which an elite descends, first ancestor first, each shown to the network once more. */
import { AppError } from '#contract/errors.ts'
import type { Ancestor } from '#contract/fool.ts'
import { encodePng } from '../images/encode.ts'
import type { NamedTensor } from '../lib/safetensors.ts'
import { Archive } from './evolution/archive.ts'
import { encodings } from './evolution/encodings.ts'
import { restoreArchive } from './evolution/evolution-checkpoint.ts'
import { roundToBytes } from './eight-bit.ts'
import { bestOf } from './goal.ts'
import { keepPolarity } from './polarity.ts'
import type { Probe } from './probe.ts'
import { shrink } from './shrink.ts'
import { tensorOfPicture } from './written-picture.ts'

/** Of a long line the first, the last, and some between are shown. */
const mostShown = 40
const side = 128

export async function lineageOf(probe: Probe, tensors: ReadonlyMap<string, NamedTensor>, encodingId: 'cppn' | 'direct', index: number): Promise<Ancestor[]> {
  const encoding = encodings[encodingId]
  const archive = new Archive<unknown>(probe.classes, true)
  restoreArchive(archive, tensors, encoding, probe.extent)
  const line = archive.lineageOf(probe.checkClass(index)).toReversed()
  if (line.length === 0) throw new AppError('not-found', `No picture of ‘${probe.labelOf(index)}’ was found yet.`)
  const paint = encoding.painter(probe.extent)
  const stride = Math.max(1, (line.length - 1) / (mostShown - 1))
  const chosen = line.length <= mostShown ? line : Array.from({ length: mostShown }, (_, at) => line[Math.round(at * stride)] ?? line.at(-1)).filter((each) => each !== undefined)
  const shown: Ancestor[] = []
  for (const { id, generation, from, genome } of chosen) {
    if (genome === undefined) { shown.push({ id, generation, from, confidence: 0, answer: -1 }); continue }
    const painted = new Float32Array(probe.length)
    paint(genome, painted)
    const picture = roundToBytes(keepPolarity(probe, painted))
    const [answers = new Float32Array()] = await probe.answers(picture)
    shown.push({ id, generation, from, confidence: answers[index] ?? 0, answer: bestOf(answers), png: await encodePng(shrink(tensorOfPicture(picture, probe.extent), side)) })
  }
  return shown
}
