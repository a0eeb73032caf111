/** What all ways to fool share within one run: the network as attacks ask it, progress over many pictures, results with their facts. */
import { AppError } from '#contract/errors.ts'
import type { FoolSettings } from '#contract/fool.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { Facts } from '#contract/synthesis.ts'
import { topPredictions } from '../activations/predictions.ts'
import { optionValues } from '../attribution/options.ts'
import type { Pixels } from '../images/pixels.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import { preparePicture } from '../preprocessing/prepare.ts'
import type { StepReport, WorkContext } from '../synthesis/define-work.ts'
import { distanceOf } from './ball.ts'
import type { AttackContext, FoolingMethod, Progress } from './define-method.ts'
import { roundToBytes } from './eight-bit.ts'
import type { Goal } from './goal.ts'
import { Probe } from './probe.ts'
import { writeAndJudge, tensorOfPicture } from './written-picture.ts'

export interface Photograph {
  readonly name: string
  readonly reference: FileReference
  /** [C, H, W] as the model sees it, of 8 bits. */
  readonly picture: Float32Array
  readonly pixels: Pixels
  /** Asks the network as this photograph is shown to it (light drawings inverted). */
  readonly probe: Probe
}

/** One result of a run. */
export interface Outcome {
  readonly name: string
  readonly title: string
  readonly goal: Goal
  /** Of 8 bits. */
  readonly picture: Float32Array
  readonly probe: Probe
  readonly photograph?: Photograph | undefined
  readonly facts: Facts
  /** A smaller recipe that makes this one alone. */
  readonly settings: FoolSettings
}

export type FoolContext = WorkContext<FoolSettings>

/** Steps that each of several parts of a run counts. */
export const partSteps = 100

export class FoolRun {
  readonly context: FoolContext
  readonly settings: FoolSettings
  readonly method: FoolingMethod
  readonly options: AttackContext['options']
  #probes = new Map<boolean, Probe>()
  #base = 0
  #total = 1
  #last = { step: 1, label: '' }
  /** The last step that tells all that it takes to go on behind it. */
  #kept: StepReport | undefined

  constructor(context: FoolContext, settings: FoolSettings, method: FoolingMethod) {
    this.context = context
    this.settings = settings
    this.method = method
    this.options = optionValues(method, settings.options, () => '', (id) => id)
  }

  probe(inverted = false): Probe {
    const known = this.#probes.get(inverted)
    if (known) return known
    const { network, display, runtime, signal } = this.context
    const made = new Probe(network, { ...display, inverted }, runtime, signal)
    this.#probes.set(inverted, made)
    return made
  }

  async photograph(reference: FileReference): Promise<Photograph> {
    const { network, display } = this.context
    const { display: tensor, space, fitted } = preparePicture(network, display.preprocessing, await this.context.picture(reference))
    return { name: stemOf(reference.name), reference, picture: roundToBytes(tensor.data), pixels: fitted, probe: this.probe(space.inverted === true) }
  }

  /** Classes asked for, checked; undefined where none was named. */
  targets(): readonly number[] | undefined {
    const { targets } = this.settings
    const probe = this.probe()
    if (targets === undefined) return undefined
    return targets === 'all' ? Array.from({ length: probe.classes }, (_, index) => index) : targets.map((index) => probe.checkClass(index))
  }

  /** The seed of one part of the run, whatever the other parts are. */
  seedFor(stream: number): number {
    return streamSeed(this.context.seed, stream)
  }

  attack(goal: Goal, probe: Probe, stream: number, show: (picture: Float32Array) => { readonly name: string; readonly picture: Float32Array }, options = this.options): AttackContext {
    return { goal, probe, options, random: createRandom(this.seedFor(stream)), tick: (progress, picture) => this.tick(progress, probe, picture && (() => show(picture))) }
  }

  /** Of several parts, each counts as many steps, whatever it takes. */
  part(index: number, count: number): void {
    this.#base = index
    this.#total = count
  }

  async tick({ step, steps, label, value }: Progress, probe: Probe, show?: () => { readonly name: string; readonly picture: Float32Array }, capture?: StepReport['capture']): Promise<void> {
    const alone = this.#total === 1
    this.#last = { step, label }
    const report: StepReport = {
      step: alone ? step : partSteps * this.#base + Math.round((partSteps * step) / steps), steps: alone ? steps : partSteps * this.#total, label, value, facts: { evaluations: this.evaluations },
      ...(show ? { preview: () => { const { name, picture } = show(); return [{ name, picture: tensorOfPicture(picture, probe.extent) }] } } : {}), ...(capture ? { capture } : {}),
    }
    this.#kept = capture && report
    await this.context.step(report)
  }

  /** Cancelled in the middle of a step, it keeps the one before. */
  async keeping<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body()
    } catch (error) {
      if (this.context.signal.aborted && this.#kept) await this.context.step(this.#kept)
      throw error
    }
  }

  /** A method that is sure before its last step has done all that it had to. */
  async ended(): Promise<void> {
    const step = this.#total === 1 ? this.#last.step : partSteps * this.#total
    await this.context.step({ step, steps: step, label: this.#last.label, facts: { evaluations: this.evaluations } })
  }

  checkCancelled(): void {
    throwIfCancelled(this.context.signal)
  }

  get evaluations(): number {
    return [...this.#probes.values()].reduce((sum, { evaluations }) => sum + evaluations, 0)
  }

  /** Judges the written file, and hands the result out: the picture, and what it was before and what was changed where there was a photograph. */
  async finish({ goal, picture, photograph, name, title, probe, more, settings, evaluations, seconds }: Omit<Outcome, 'facts'> & { readonly more?: Facts; readonly evaluations: number; readonly seconds: number }): Promise<Outcome & { readonly answers: Float32Array }> {
    const { answers, pixels } = await writeAndJudge(probe, picture)
    const { preprocessing } = this.context.display
    const top = topPredictions(answers, { output: 'probabilities', labels: preprocessing.labels })
    const answer = top[0]?.index ?? 0
    const reached = (answer === goal.index) === (goal.kind === 'reach')
    const shown = goal.kind === 'reach' ? goal.index : answer
    const facts: Facts = {
      method: this.method.id, kind: this.method.kind, goal: goal.kind, class: shown, label: probe.labelOf(shown), confidence: answers[shown] ?? 0, reached,
      answer, answerLabel: probe.labelOf(answer), answers: top.map(({ index }) => index), answerLabels: top.map(({ label }) => label), answerProbabilities: top.map(({ probability }) => probability),
      evaluations, seconds: Number(seconds.toFixed(3)), ...more,
    }
    const beside: Facts = photograph ? await this.#besidePhotograph(photograph, picture) : {}
    const outcome = { name, title, goal, picture, photograph, probe, settings, facts: { ...facts, ...beside } }
    const { item } = this.context
    if (photograph) {
      await item({ name: `${name}-before`, title: `${photograph.reference.name}, as the model sees it`, facts: { role: 'before', of: name }, content: { picture: photograph.pixels }, settings })
      await item({ name: `${name}-change`, title: 'What was changed, amplified', facts: { role: 'change', of: name, amplified: Number(beside['amplified'] ?? 1) }, content: { picture: tensorOfPicture(changeOf(picture, photograph.picture), probe.extent) }, settings })
    }
    await item({ name, title, facts: outcome.facts, content: { picture: pixels }, settings })
    return { ...outcome, answers }
  }

  async #besidePhotograph({ picture: before, probe, pixels, reference }: Photograph, picture: Float32Array): Promise<Facts> {
    const { linf, l2, l0, rms } = distanceOf(picture, before, probe.extent.channels)
    const { answers } = await writeAndJudge(probe, before)
    const top = topPredictions(answers, { output: 'probabilities', labels: this.context.display.preprocessing.labels })
    return {
      picture: reference.name, linf: Math.round(linf), l2: Number(l2.toFixed(3)), rms: Number(rms.toFixed(4)), pixels: l0, ofPixels: pixels.width * pixels.height,
      amplified: linf === 0 ? 1 : Number((127.5 / linf).toPrecision(3)),
      before: top[0]?.index ?? 0, beforeLabel: top[0]?.label ?? '', beforeConfidence: top[0]?.probability ?? 0,
      beforeAnswers: top.map(({ index }) => index), beforeLabels: top.map(({ label }) => label), beforeProbabilities: top.map(({ probability }) => probability),
    }
  }

  async dispose(): Promise<void> {
    for (const probe of this.#probes.values()) await probe.dispose()
  }
}

export const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '').replaceAll(/[^\w.-]+/g, '_') || 'picture'
export const className = (index: number): string => `class-${String(index).padStart(4, '0')}`

/** Mid-gray where nothing was changed; the largest change reaches black or white. */
function changeOf(after: Float32Array, before: Float32Array): Float32Array {
  const change = after.map((value, index) => value - (before[index] ?? 0))
  const largest = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  return change.map((value) => 0.5 + value / (2 * largest))
}

export function requirePictures(settings: FoolSettings, title: string): readonly FileReference[] {
  if (settings.pictures.length === 0) throw new AppError('input-required', `${title} changes a photograph: choose one first.`)
  return settings.pictures
}
