/** Photographs changed one by one; and pictures of classes from nothing. */
import { AppError } from '#contract/errors.ts'
import type { FoolSettings } from '#contract/fool.ts'
import { optionValues } from '../attribution/options.ts'
import type { Ball } from './ball.ts'
import type { AttackContext, ClassMethod, PictureMethod } from './define-method.ts'
import { className, requirePictures } from './fool-run.ts'
import type { FoolRun, Photograph } from './fool-run.ts'
import { bestOf, isReached } from './goal.ts'
import type { Goal } from './goal.ts'
import { keepPolarity } from './polarity.ts'
import { roundToBytes } from './eight-bit.ts'
import { settle } from './settle.ts'
import { smallestBudget } from './smallest-budget.ts'
import { transferOf } from './transfer.ts'
import type { FooledPicture } from './transfer.ts'

/** The largest budgets that are tried: everything, in Linf, and the length of a picture of 255s. */
const largestLinf = 255

export async function foolPictures(run: FoolRun, method: PictureMethod): Promise<void> {
  const { settings } = run
  if (settings.smallest && method.budget === undefined) throw new AppError('option-invalid', `${method.title} looks for the smallest change by itself: it takes no budget that could be made smaller.`)
  const references = requirePictures(settings, method.title)
  const targets = run.targets()
  const jobs = references.flatMap((reference) => (targets ?? [undefined]).map((target) => ({ reference, target })))
  const fooled: FooledPicture[] = []
  for (const [index, { reference, target }] of jobs.entries()) {
    run.part(index, jobs.length)
    const photograph = await run.photograph(reference)
    const name = target === undefined ? photograph.name : `${photograph.name}-${className(target)}`
    if (isDone(run, name)) continue
    const startedAt = performance.now()
    const before = photograph.probe.evaluations
    const [logits = new Float32Array()] = await photograph.probe.logits(photograph.picture)
    const goal: Goal = target === undefined ? { kind: 'leave', index: bestOf(logits) } : { kind: 'reach', index: target }
    const { picture, budget, found } = isReached(goal, logits) ? { picture: photograph.picture, budget: 0, found: photograph.picture } : await changed(run, method, photograph, goal, name)
    const outcome = await run.finish({
      name, title: target === undefined ? photograph.reference.name : `${photograph.reference.name} as ${photograph.probe.labelOf(target)}`, goal, picture, photograph, probe: photograph.probe,
      settings: { ...settings, pictures: [reference], transferTo: [], ...(target === undefined ? {} : { targets: [target] }) },
      evaluations: photograph.probe.evaluations - before, seconds: (performance.now() - startedAt) / 1000,
      more: { ...(budget === undefined ? {} : { budget }), ...(settings.smallest ? { smallest: true } : {}), foundL2: lengthOf(found, photograph.picture) },
    })
    fooled.push({ ...outcome, photograph })
  }
  await transferOf(run, fooled)
}

/** By an interrupted part of the run. Where other models are shown the results they are made again: the table is to hold them all. */
const isDone = ({ context, settings }: FoolRun, name: string): boolean => context.finished.has(name) && settings.transferTo.length === 0

const lengthOf = (a: Float32Array, b: Float32Array): number => Number((255 * Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0))).toFixed(3))

export const ballOf = (method: PictureMethod, options: AttackContext['options'], budget: number | undefined): Ball | undefined => {
  const norm = typeof method.norm === 'function' ? method.norm(options) : method.norm
  return budget === undefined || norm === undefined || norm === 'l0' ? undefined : { norm, radius: budget }
}

/** One photograph at one budget (the method's own where none is given), as its file of 8 bits. */
export async function attackAt(run: FoolRun, method: PictureMethod, { picture, probe }: Photograph, goal: Goal, name: string, budget?: number): Promise<{ readonly picture: Float32Array; readonly found: Float32Array; readonly fooled: boolean; readonly budget: number | undefined }> {
  const options = budget === undefined || method.budget === undefined ? run.options : optionsWith(method, run.settings.options, { [method.budget]: budget })
  const at = method.budget === undefined ? undefined : options.number(method.budget)
  const found = keepPolarity(probe, await method.run(run.attack(goal, probe, goal.index, (shown) => ({ name, picture: roundToBytes(shown) }), options), picture))
  const settled = await settle(probe, goal, found, picture, ballOf(method, options, at))
  const [logits = new Float32Array()] = await probe.logits(settled)
  return { picture: settled, found, fooled: isReached(goal, logits), budget: at }
}

/** Budgets that are tried by the program, not by the user, may leave the option's range. */
function optionsWith(method: PictureMethod, given: FoolSettings['options'], more: Readonly<Record<string, number>>): AttackContext['options'] {
  const values = optionValues(method, given, () => '', (id) => id)
  return { ...values, number: (id) => more[id] ?? values.number(id) }
}

async function changed(run: FoolRun, method: PictureMethod, photograph: Photograph, goal: Goal, name: string): Promise<{ readonly picture: Float32Array; readonly found: Float32Array; readonly budget: number | undefined }> {
  if (!run.settings.smallest || method.budget === undefined) return attackAt(run, method, photograph, goal, name)
  const attempts = new Map<number, Float32Array>()
  const isLinf = ballOf(method, run.options, 1)?.norm === 'linf'
  const found = await smallestBudget(async (budget) => {
    const attempt = await attackAt(run, method, photograph, goal, name, budget)
    attempts.set(budget, attempt.found)
    return { budget, fooled: attempt.fooled, picture: attempt.picture }
  }, { first: isLinf ? 1 : 32, largest: isLinf ? largestLinf : 255 * Math.sqrt(photograph.picture.length), whole: isLinf })
  if (!found) return attackAt(run, method, photograph, goal, name)
  return { picture: found.picture, budget: found.budget, found: attempts.get(found.budget) ?? found.picture }
}

/** From noise, or from one picture, to every class that was asked for. */
export async function makeClasses(run: FoolRun, method: ClassMethod): Promise<void> {
  const { settings } = run
  const targets = run.targets()
  if (!targets) throw new AppError('target-invalid', `${method.title} makes a picture of a class: say which one, 0 to ${run.probe().classes - 1}, or all.`)
  const [reference] = settings.pictures
  const photograph = reference ? await run.photograph(reference) : undefined
  const probe = photograph?.probe ?? run.probe()
  const fooled: FooledPicture[] = []
  for (const [index, target] of targets.entries()) {
    run.part(index, targets.length)
    const name = className(target)
    if (isDone(run, name)) continue
    const startedAt = performance.now()
    const before = probe.evaluations
    const goal: Goal = { kind: 'reach', index: target }
    const attack = run.attack(goal, probe, target, (shown) => ({ name, picture: shown }))
    const made = await method.run(attack, photograph?.picture)
    const outcome = await run.finish({
      name, title: probe.labelOf(target), goal, picture: roundToBytes(keepPolarity(probe, made)), photograph, probe,
      settings: { ...settings, targets: [target], transferTo: [] }, evaluations: probe.evaluations - before, seconds: (performance.now() - startedAt) / 1000,
    })
    fooled.push({ ...outcome, photograph })
  }
  await transferOf(run, fooled)
}
