/** Retraining with a fooling class as a run: networks by turns bred against and trained, each one's archive shown beside the ones before. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { FoolSettings } from '#contract/fool.ts'
import type { Facts } from '#contract/synthesis.ts'
import { topPredictions } from '../activations/predictions.ts'
import type { BegunTraining, Checkpoint } from '../synthesis/define-work.ts'
import type { Elite } from './breed.ts'
import { countSure } from './evolution/archive.ts'
import { prepareTraining } from './fooling-folder.ts'
import type { FoolRun } from './fool-run.ts'
import { className } from './fool-run.ts'
import type { Probe } from './probe.ts'
import { retrainLoop } from './retrain.ts'
import type { FoolingPictures, RetrainRound, RetrainState } from './retrain.ts'
import { classesOfData } from './retraining-recipe.ts'
import { writeAndJudge } from './written-picture.ts'

/** Of one network's turn: trained, then bred against. */
const [trainSteps, breedSteps] = [100, 100] as const
const turnSteps = trainSteps + breedSteps
/** Classes whose pictures are handed out. */
const mostShown = 100
/** A step that is not over by then waits because the run is paused. */
const heldAfterMs = 250

const Kept = z.object({
  rounds: z.array(z.object({ round: z.number(), score: z.number().optional(), run: z.string().optional(), learned: z.number(), median: z.number(), confidences: z.array(z.number()), evaluations: z.number(), model: z.string().optional() })),
  trained: z.object({ path: z.string(), score: z.number(), run: z.string().optional() }).optional(),
  extent: z.object({ channels: z.union([z.literal(1), z.literal(3)]), height: z.number(), width: z.number() }).optional(),
})

export async function foolAndRetrain(run: FoolRun): Promise<void> {
  const { context, settings, options } = run
  const recipe = settings.training
  if (!recipe) throw new AppError('option-invalid', 'What the network is trained on is not said: choose its data first.')
  const probe = run.probe()
  const rounds = options.number('rounds') + 1
  const steps = turnSteps * rounds
  const classes = await classesOfData(recipe, context.signal)
  const encoding = options.choice('encoding') === 'direct' ? 'direct' : 'cppn'
  const bred = { encoding, generations: options.number('generations'), population: options.number('population'), archives: options.number('archives'), seed: context.seed } as const
  const courses: number[][] = []
  let evaluations = 0
  let state: RetrainState = stateIn(context.checkpoint)
  let at = { round: 1, step: 0 }
  const tell = async (round: number, step: number, label: string, value?: number): Promise<void> => {
    at = { round, step }
    await context.step({ step: turnSteps * (round - 1) + step, steps, label: `${nameOf(round)}: ${label}`, value, facts: { evaluations, rounds, medians: state.rounds.map(({ median }) => median), ...(value === undefined ? {} : { median: value }) }, capture: () => checkpointOf(state) })
  }
  await retrainLoop({ ...bred, runtime: context.runtime, rounds, ...(probe.classes === classes ? { first: probe } : {}), from: state, signal: context.signal }, {
    train: async (round, learned) => {
      let progress = { share: 0, label: 'reading the data' }
      const begun = await context.train((folder) => prepareTraining(folder, recipe, learned, trainingName(recipe, round)), { signal: context.signal, onProgress: (share, label) => { progress = { share, label } } })
      return await following(begun, () => tell(round, Math.floor(trainSteps * progress.share), `training${learned ? ` with ${learned.pictures.length} fooling pictures` : ''}, ${progress.label}`))
    },
    bred: async ({ round, archive, generation, median }) => {
      if (archive === 0) (courses[round - 1] ??= []).push(median)
      evaluations += bred.population
      const share = (archive + generation / bred.generations) / bred.archives
      await tell(round, trainSteps + Math.floor(breedSteps * share), `breeding archive ${archive + 1} of ${bred.archives}, generation ${generation}`, median)
    },
    ended: async (round, judge, elites) => {
      await handOut(run, settings, round, judge, elites, courses[round.round - 1] ?? [])
    },
    settled: (now) => { state = now },
  }).catch(async (error: unknown) => {
    // Cancelled between two steps: what is settled is kept.
    if (context.signal.aborted) await tell(at.round, at.step, 'stopping')
    throw error
  })
  await context.step({ step: steps, steps, label: `${rounds} networks`, facts: { evaluations, rounds, medians: state.rounds.map(({ median }) => median) } })
}

const nameOf = (round: number): string => `Network ${round}`
const trainingName = ({ name }: Recipe, round: number): string => `${name.replace(/: fooling class, round \d+$/, '')}: fooling class, round ${round}`

/** Asked again and again how far it is; held where the run is. */
async function following(begun: BegunTraining, tell: () => Promise<void>): ReturnType<() => BegunTraining['ended']> {
  const course = { over: false }
  const ended = begun.ended.finally(() => { course.over = true })
  ended.catch(() => undefined)
  while (!course.over) {
    const told = tell()
    if (await Promise.race([told.then(() => false), later(true)])) {
      begun.pause()
      await told
      begun.resume()
    }
    await Promise.race([ended.catch(() => undefined), later(undefined)])
  }
  return ended
}

const later = <T>(value: T): Promise<T> => new Promise((resolve) => { setTimeout(() => { resolve(value) }, heldAfterMs) })

/** The pictures of a network's own archive, as it answers to their files, and its numbers. */
async function handOut(run: FoolRun, settings: FoolSettings, { confidences, ...round }: RetrainRound, probe: Probe, elites: readonly Elite[], course: readonly number[]): Promise<void> {
  const { context } = run
  const isGiven = round.model === undefined
  const shown = elites.length <= mostShown ? elites : Array.from({ length: mostShown }, (_, at) => elites[Math.floor((at * elites.length) / mostShown)]).filter((each) => each !== undefined)
  for (const { index, picture, genome } of shown) {
    run.checkCancelled()
    const name = `network-${round.round}-${className(index)}`
    if (context.finished.has(name)) continue
    const { answers, pixels } = await writeAndJudge(probe, picture)
    const top = topPredictions(answers, { output: 'probabilities', labels: probe.display.preprocessing.labels })
    const answer = top[0]?.index ?? 0
    const facts: Facts = {
      role: 'elite', round: round.round, class: index, label: probe.labelOf(index), confidence: answers[index] ?? 0, answer, answerLabel: probe.labelOf(answer), reached: answer === index,
      answers: top.map((each) => each.index), answerLabels: top.map(({ label }) => label), answerProbabilities: top.map(({ probability }) => probability),
    }
    // Of the given network a picture is its genome; those of trained ones are made again with all that went before.
    const alone: FoolSettings | undefined = isGiven ? { ...settings, method: settings.options['encoding'] === 'direct' ? 'direct' : 'cppn', options: {}, targets: [index], genome } : undefined
    await context.item({ name, title: probe.labelOf(index), facts, content: { picture: pixels }, ...(alone ? { settings: alone } : {}) })
  }
  const facts: Facts = {
    role: 'network', round: round.round, given: isGiven, median: round.median, learned: round.learned, evaluations: round.evaluations, confidences: [...confidences], course: [...course],
    sure: countSure(confidences), labels: confidences.map((_, index) => probe.labelOf(index)), ...(round.score === undefined ? {} : { score: round.score }), ...(round.run === undefined ? {} : { run: round.run }),
  }
  await context.item({ name: `network-${round.round}`, title: nameOf(round.round), facts, content: { bytes: new TextEncoder().encode(`${JSON.stringify({ ...round, ...facts }, null, 1)}\n`), extension: 'json' } })
}

function checkpointOf({ rounds, learned, trained }: RetrainState): Omit<Checkpoint, 'step'> {
  const pictures = learned?.pictures ?? []
  const bytes = new Uint8Array(pictures.reduce((sum, { length }) => sum + length, 0))
  pictures.reduce((at, picture) => { picture.forEach((value, index) => { bytes[at + index] = Math.round(255 * value) }); return at + picture.length }, 0)
  return { tensors: new Map([['learned', { dims: [pictures.length, ...(learned ? [learned.extent.channels, learned.extent.height, learned.extent.width] : [0])], data: bytes }]]), notes: { rounds, ...(learned ? { extent: learned.extent } : {}), ...(trained ? { trained } : {}) } }
}

function stateIn(checkpoint: Checkpoint | undefined): RetrainState {
  const kept = checkpoint && Kept.parse(checkpoint.notes)
  const data = checkpoint?.tensors.get('learned')?.data
  const learned: FoolingPictures | undefined = kept?.extent && data ? { extent: kept.extent, pictures: picturesIn(data, kept.extent.channels * kept.extent.height * kept.extent.width) } : undefined
  return { rounds: kept?.rounds ?? [], learned, ...(kept?.trained && existsSync(kept.trained.path) ? { trained: kept.trained } : {}) }
}

const picturesIn = (bytes: ArrayLike<number>, length: number): Float32Array[] => Array.from({ length: bytes.length / length }, (_, index) => Float32Array.from({ length }, (_each, at) => (bytes[index * length + at] ?? 0) / 255))
