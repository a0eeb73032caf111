/** MAP-Elites as a run: generations as steps, the archive shown as it grows, kept, and handed out at the end. */
import { AppError } from '#contract/errors.ts'
import type { FoolSettings } from '#contract/fool.ts'
import type { Facts } from '#contract/synthesis.ts'
import { optionValues } from '../attribution/options.ts'
import { encodeSafetensors } from '../lib/safetensors.ts'
import type { Checkpoint, Preview } from '../synthesis/define-work.ts'
import type { EvolutionMethod } from './define-method.ts'
import { courseFacts, courseIn, courseTable, extended } from './evolution/course.ts'
import type { CoursePoint } from './evolution/course.ts'
import { archiveTensors, restoreArchive } from './evolution/evolution-checkpoint.ts'
import { encodings } from './evolution/encodings.ts'
import type { Evolution } from './evolution/map-elites.ts'
import { className } from './fool-run.ts'
import type { FoolRun } from './fool-run.ts'
import { openEvolution } from './open-evolution.ts'
import { keepPolarity } from './polarity.ts'
import { shrink } from './shrink.ts'
import { tensorOfPicture } from './written-picture.ts'

/** Cells drawn anew at a time: as many as are looked at. */
const shownAtOnce = 48
/** Longest side of a cell's picture, pixels. */
const cellSide = 96
/** The archive's own file among the results. */
export const archiveItem = 'archive'
const courseItem = 'course'

interface Notes {
  readonly generation: number
  readonly made: number
  readonly encoding: 'cppn' | 'direct'
  readonly curve: readonly CoursePoint[]
}

export async function evolve(run: FoolRun, method: EvolutionMethod): Promise<void> {
  const { context, settings } = run
  const probe = run.probe()
  const targets = run.targets() ?? Array.from({ length: probe.classes }, (_, index) => index)
  const encoding = encodings[method.encoding]
  if (settings.genome !== undefined) return paintOne(run, method, settings.genome)

  const population = run.options.number('population')
  const evolution = await openEvolution(probe, encoding, { population, seed: context.seed, batch: run.options.number('batch'), checkCancelled: () => run.checkCancelled() })
  let curve: readonly CoursePoint[] = []
  const notes = context.checkpoint?.notes as Notes | undefined
  if (context.checkpoint && notes) {
    restoreArchive(evolution.archive, context.checkpoint.tensors, encoding, probe.extent)
    evolution.resumeAt(notes.generation, notes.made)
    curve = courseIn(notes) ?? []
  }

  const pending = new Set(evolution.archive.takeChanged())
  const [startedAt, madeBefore, secondsBefore] = [context.worked(), evolution.made, curve.at(-1)?.seconds ?? 0]
  const elapsed = (): number => context.worked() - startedAt
  let current = settings
  let { generations, seconds: mostSeconds } = limitsOf(method, settings)
  const capture = (): Omit<Checkpoint, 'step'> => ({ tensors: archiveTensors(evolution.archive, encoding), notes: { generation: evolution.generation, made: evolution.made, encoding: method.encoding, curve } satisfies Notes })
  const factsOf = (taken: number): Facts => ({
    evaluations: evolution.made, perSecond: Number(((evolution.made - madeBefore) / Math.max(1e-3, elapsed())).toFixed(1)), taken, median: evolution.archive.median,
    sure: curve.at(-1)?.sure ?? 0, classes: evolution.archive.classes, confidences: [...evolution.archive.confidences].map((value) => Number(value.toPrecision(5))), ...courseFacts(curve),
  })
  while (evolution.generation < generations && secondsBefore + elapsed() < mostSeconds && !isSure(evolution, targets, run.options.number('confidence'))) {
    const taken = await evolution.advance().catch(async (error: unknown) => {
      // Cancelled in mid-generation: the one before is kept.
      if (context.signal.aborted && evolution.generation > 0) await context.step({ step: evolution.generation, steps: Math.max(generations, evolution.generation), label: 'Stopping', value: evolution.archive.median, facts: factsOf(0), capture })
      throw error
    })
    for (const index of evolution.archive.takeChanged()) pending.add(index)
    const { archive } = evolution
    curve = extended(curve, { judged: evolution.made, seconds: secondsBefore + elapsed(), median: archive.median, sure: archive.sure })
    const next = await context.step({
      step: evolution.generation, steps: Math.max(generations, evolution.generation), share: Math.min(1, Math.max(evolution.generation / generations, (secondsBefore + elapsed()) / mostSeconds)), label: `Generation ${evolution.generation} of ${generations}`, value: archive.median, facts: factsOf(taken), capture,
      preview: () => cellsOf(evolution, pending),
    })
    // Length can be changed while it goes on; whatever else is changed needs another run.
    if (next !== current) { current = next; ({ generations, seconds: mostSeconds } = limitsOf(method, next)) }
  }
  const [seconds, evaluations, facts] = [elapsed(), evolution.made - madeBefore, factsOf(0)]
  const written = async (done: number): Promise<void> => {
    const rest = done < targets.length ? 1 : 0
    await context.step({ step: evolution.generation, steps: evolution.generation + rest, label: rest === 0 ? 'Written' : `Writing picture ${done + 1} of ${targets.length}`, value: evolution.archive.median, facts, capture })
  }
  await handOut(run, method, evolution, targets, { seconds, evaluations, curve, written, ...capture() })
}

function limitsOf(method: EvolutionMethod, { options }: FoolSettings): { readonly generations: number; readonly seconds: number } {
  const values = optionValues(method, options, () => '', (id) => id)
  return { generations: values.number('generations'), seconds: 60 * values.number('minutes') || Infinity }
}

const isSure = ({ archive, generation }: Evolution<unknown>, targets: readonly number[], confidence: number): boolean => generation > 0 && targets.every((index) => (archive.confidences[index] ?? 0) >= confidence)

/** Of the cells that changed, those that were waiting longest. */
function cellsOf(evolution: Evolution<unknown>, pending: Set<number>): Preview[] {
  const { archive } = evolution
  return [...pending].slice(0, shownAtOnce).flatMap((index) => {
    pending.delete(index)
    const elite = archive.eliteOf(index)
    return elite?.genome === undefined ? [] : [{ name: className(index), picture: shrink(tensorOfPicture(evolution.paint(elite.genome), evolution.extent), cellSide) }]
  })
}

async function handOut(run: FoolRun, method: EvolutionMethod, evolution: Evolution<unknown>, targets: readonly number[], { seconds, evaluations, curve, written, tensors, notes }: { readonly seconds: number; readonly evaluations: number; readonly curve: readonly CoursePoint[]; readonly written: (done: number) => Promise<void> } & Omit<Checkpoint, 'step'>): Promise<void> {
  const { context, settings } = run
  const { archive } = evolution
  const encoding = encodings[method.encoding]
  for (const [done, index] of targets.entries()) {
    await written(done)
    const elite = archive.eliteOf(index)
    if (elite?.genome === undefined || context.finished.has(className(index))) continue
    // A genome of a few hundred bytes is the whole recipe of its picture; one as large as the picture is not.
    const alone = method.encoding === 'cppn' ? { genome: Buffer.from(encoding.toBytes(elite.genome)).toString('base64') } : {}
    await run.finish({
      name: className(index), title: run.probe().labelOf(index), goal: { kind: 'reach', index }, picture: evolution.paint(elite.genome), probe: run.probe(),
      // Time is another one each time: made again, it ends behind as many generations.
      settings: { ...settings, options: { ...settings.options, generations: Math.max(1, evolution.generation), minutes: 0 }, targets: [index], ...alone }, evaluations, seconds, more: { generation: elite.generation, ancestors: archive.lineageOf(index).length - 1 },
    })
  }
  await written(targets.length)
  await context.item({ name: courseItem, title: 'Median sureness over time', facts: { role: 'course', ...courseFacts(curve) }, content: { bytes: new TextEncoder().encode(courseTable(curve)), extension: 'csv' } })
  const facts: Facts = { role: 'archive', generations: evolution.generation, evaluations: evolution.made, median: archive.median, sure: archive.sure, perSecond: Number((evaluations / Math.max(1e-3, seconds)).toFixed(1)) }
  await context.item({ name: archiveItem, title: 'The archive, with its genomes and lines', facts, content: { bytes: Buffer.concat(encodeSafetensors({ tensors, metadata: { notes: JSON.stringify(notes) } })), extension: 'safetensors' } })
}

/** A single picture from its genome. */
async function paintOne(run: FoolRun, method: EvolutionMethod, genome: string): Promise<void> {
  const probe = run.probe()
  const [index] = run.targets() ?? []
  if (index === undefined) throw new AppError('target-invalid', 'The recipe has a genome and no class.')
  const encoding = encodings[method.encoding]
  const picture = new Float32Array(probe.length)
  encoding.painter(probe.extent)(encoding.fromBytes(Buffer.from(genome, 'base64'), probe.extent), picture)
  await run.finish({ name: className(index), title: probe.labelOf(index), goal: { kind: 'reach', index }, picture: keepPolarity(probe, picture), probe, settings: run.settings, evaluations: 0, seconds: 0 })
}
