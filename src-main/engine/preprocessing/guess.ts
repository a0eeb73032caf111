/** Which of the usual recipes a network was trained with, judged by its answers to one picture or several. */
import { throwIfCancelled } from '../lib/cancel.ts'
import { cropPixels, flipPixels, stretchTones } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { displayTensor, inputTensor, isInverted } from './apply.ts'
import { candidatesFor } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { answerOf, evidence } from './evidence.ts'
import type { Answer } from './evidence.ts'
import { fitPicture } from './fit.ts'
import type { Geometry } from './fit.ts'
import type { PictureInput } from './picture-input.ts'
import { referencePictures } from './reference-pictures.ts'
import type { FloatTensor, HostTensor } from '../runtime/host-tensor.ts'

export interface GuessRequest {
  readonly input: PictureInput
  readonly geometry: Geometry
  readonly invert: boolean
  /** At least one; evidence of several is averaged. */
  readonly pictures: readonly Pixels[]
  /** The logits of one input. */
  readonly predict: (input: HostTensor) => Promise<Float32Array>
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number, note: string) => void
  /** Multiply-accumulates of one run: large networks are asked less. Never decided by the clock, so that a guess can be repeated. */
  readonly macs: number
}

export interface RankedCandidate {
  readonly candidate: Candidate
  /** Share of the evidence, 0..1; all of them sum to one. */
  readonly score: number
  /** What ranked it; comparable for one network only. */
  readonly evidence: number
  /** Highest probability that it gave any class, averaged over the pictures. */
  readonly confidence: number
}

/** Candidates that far behind the best after a first look are not looked at again. */
const firstLookMargin = 0.4
/** Difference of evidence that makes a candidate e times likelier. */
const evidenceScale = 0.15
/** The first look's part of the progress. */
const firstLookShare = 0.7
/** Part of the picture's extent that the closer view keeps. */
const closeUp = 0.7

/** How much a network is asked, by the cost of a run: a few seconds on two cores in every case. */
interface Plan { readonly rare: boolean; readonly references: 1 | 2; /** Candidates looked at again, at most. */ readonly closer: number }

function planFor(macs: number): Plan {
  if (macs < 3.5e9) return { rare: true, references: 2, closer: 4 }
  return macs < 10e9 ? { rare: false, references: 1, closer: 2 } : { rare: false, references: 1, closer: 0 }
}

interface Look {
  readonly candidate: Candidate
  readonly views: readonly Answer[]
  readonly references: readonly Answer[]
}

/** Best first. Never empty. */
export async function guessNormalization(request: GuessRequest): Promise<RankedCandidate[]> {
  const { input, geometry, invert, pictures, predict, signal, onProgress } = request
  const plan = planFor(request.macs)
  const display = (pixels: Pixels): FloatTensor => displayTensor(pixels, input.channels === 1)
  const references = referencePictures(input.height, input.width).map(display)
  const whole = pictures.map((picture) => fitPicture(picture, geometry))
  const views = whole.map(display)
  // Ranges differ least in the middle tones: a dark or hazy picture is shown with its tones stretched as well.
  const closerViews = [...whole.map(flipPixels), ...pictures.map((picture) => fitPicture(centerOf(picture), geometry)), ...whole.map(stretchTones)].map(display)

  const ask = async ({ normalization }: Candidate, asked: readonly FloatTensor[], asPicture: boolean): Promise<Answer[]> => {
    const answers: Answer[] = []
    for (const picture of asked) {
      throwIfCancelled(signal)
      answers.push(answerOf(await predict(inputTensor(picture, input, normalization, asPicture && isInverted({ invert }, picture)))))
    }
    return answers
  }

  const candidates = candidatesFor(input.channels, Math.max(input.height, input.width)).filter(({ rarity }) => rarity === 0 || plan.rare)
  const unchecked: Look[] = []
  for (const candidate of candidates) {
    onProgress?.((firstLookShare * unchecked.length) / candidates.length / 2, `Trying preprocessing: ${candidate.title}`)
    unchecked.push({ candidate, views: await ask(candidate, views, true), references: [] })
  }
  const looks: Look[] = []
  let best = -Infinity
  for (const first of unchecked.sort(byEvidence)) {
    // References can only take evidence away: one that is too far behind without them needs none.
    if (evidenceOf(first) < best - firstLookMargin) {
      looks.push(first)
      continue
    }
    onProgress?.((firstLookShare * (1 + looks.length / candidates.length)) / 2, `Trying preprocessing: ${first.candidate.title}`)
    const checked = { ...first, references: await ask(first.candidate, references.slice(0, plan.references), false) }
    best = Math.max(best, evidenceOf(checked))
    looks.push(checked)
  }
  const sorted = looks.sort(byEvidence)
  const near = sorted.filter((each) => evidenceOf(each) > best - firstLookMargin).length
  const [leading, others] = [sorted.slice(0, Math.min(near, plan.closer)), sorted.slice(Math.min(near, plan.closer))]
  if (leading.length > 1) {
    for (const [index, first] of leading.entries()) {
      onProgress?.(firstLookShare + ((1 - firstLookShare) * index) / leading.length, `Looking closer: ${first.candidate.title}`)
      leading[index] = {
        candidate: first.candidate,
        views: [...first.views, ...await ask(first.candidate, closerViews, true)],
        references: [...first.references, ...await ask(first.candidate, references.slice(plan.references), false)],
      }
    }
  }
  return ranked([...leading.sort(byEvidence), ...others])
}

const evidenceOf = ({ candidate, views, references }: Look): number => evidence(views, references, candidate.rarity)
const byEvidence = (a: Look, b: Look): number => evidenceOf(b) - evidenceOf(a)

function ranked(looks: readonly Look[]): RankedCandidate[] {
  const best = Math.max(...looks.map(evidenceOf))
  const weights = looks.map((each) => Math.exp((evidenceOf(each) - best) / evidenceScale))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return looks.map((each, index) => ({
    candidate: each.candidate,
    score: weights[index]! / total,
    evidence: evidenceOf(each),
    confidence: each.views.reduce((sum, view) => sum + view.confidence, 0) / each.views.length,
  }))
}

function centerOf(pixels: Pixels): Pixels {
  const width = Math.max(1, Math.floor(pixels.width * closeUp)), height = Math.max(1, Math.floor(pixels.height * closeUp))
  return cropPixels(pixels, (pixels.width - width) >> 1, (pixels.height - height) >> 1, width, height)
}
