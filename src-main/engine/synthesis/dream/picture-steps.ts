/**
 * A picture that takes steps. Where it is looked at as a whole, a step is one graph and the picture stays in its session, on its device, until somebody asks
 * for it; where it is looked at in tiles, it stays here, and the same rule takes its gradient.
 */
import { randomUUID } from 'node:crypto'
import { AppError, invariant, isAppError } from '#contract/errors.ts'
import { createRandom } from '../../lib/random.ts'
import type { Random } from '../../lib/random.ts'
import { floatTensor, isFloat } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import type { StepSession } from '../../runtime/session.ts'
import type { Shaping } from './rule.ts'
import { noShift } from './shift.ts'
import type { Edges, Shift } from './shift.ts'
import { buildStepGraph, maskInput, pictureInput, rateInput } from './step-graph.ts'
import type { StepForm, StepGraph } from './step-graph.ts'
import { Strips } from './strips.ts'
import { lane, tileBytes } from './tile-gradients.ts'
import type { TileGradients, TileOptions, View } from './tile-gradients.ts'

/** How a gradient becomes a step. */
export interface StepManner {
  readonly shaping: Shaping
  readonly edges: Edges
  /** [H * W], where to dream, 0..1. */
  readonly mask?: Float32Array | undefined
}

/** What a step sees before it changes the picture. */
export interface Seen {
  /** By target: its value over the number of its elements. */
  readonly values: readonly number[]
  /** By target: what each of its channels comes to, where that is measured. */
  readonly sums: readonly (Float32Array | undefined)[]
  /** Mean magnitude of the gradient; told of a look. */
  readonly steepness: number
}

export interface PictureStep {
  readonly view: View
  readonly feeds: HostTensors
  readonly manner: StepManner
  readonly shift: Shift
  /** Mean change of a dreaming pixel, of 1. */
  readonly rate: number
  readonly random: Random
}

interface Taken extends Seen { readonly magnitude: number }
interface OpenSteps { readonly session: StepSession; readonly graph: StepGraph; readonly bytes: number }

/** Sessions of other extents wait for another picture of theirs as long as all together hold no more. */
const mostWaitingBytes = 2 * tileBytes

export class PictureSteps {
  readonly #options: TileOptions
  readonly #gradients: TileGradients
  readonly #prefix = `dream-rule/${randomUUID()}/`
  readonly #strips: Strips
  #picture: FloatTensor = floatTensor([0], new Float32Array())
  /** Whether that is the picture as it is now. */
  #isKnown = true
  /** The session that holds the picture as it is now. */
  #holder: StepSession | undefined
  /** By key, the least recently used first. */
  #sessions = new Map<string, OpenSteps>()
  /** Views that the device could not take as one graph. */
  #refused = new Set<string>()

  constructor(options: TileOptions, gradients: TileGradients) {
    this.#options = options
    this.#gradients = gradients
    this.#strips = new Strips(options.runtime, this.#prefix, options.signal)
  }

  /** [1, C, H, W] in display space; taken over. */
  begin(picture: FloatTensor): void {
    this.#picture = picture
    this.#isKnown = true
    this.#holder = undefined
  }

  /** As it is now. */
  async picture(): Promise<FloatTensor> {
    if (this.#holder && !this.#isKnown) {
      const { [pictureInput]: picture } = await this.#holder.readState([pictureInput])
      invariant(picture && isFloat(picture), 'a session without its picture')
      this.#picture = picture
      this.#isKnown = true
    }
    return this.#picture
  }

  /** What a step would see of the picture as it is. */
  look(step: Pick<PictureStep, 'view' | 'feeds' | 'manner'>): Promise<Seen> {
    return this.#take({ ...step, shift: noShift(step.manner.edges), rate: 0, random: createRandom(0) }, false)
  }

  /** Throws 'target-invalid' where there is no gradient, 'run-failed' where it is not finite. */
  step(step: PictureStep): Promise<Seen> { return this.#take(step, true) }

  /** Sessions of sizes that do not come again; the picture with them, where nobody asked for it. */
  async forget(): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    this.#holder = undefined
    for (const { session } of sessions) await session.dispose()
    await this.#options.runtime.drop(this.#prefix)
  }

  async #take(step: PictureStep, moves: boolean): Promise<Seen> {
    const { magnitude, ...seen } = (await this.#takeWhole(step, moves)) ?? (await this.#takeApart(step, moves))
    const titles = step.view.targets.map(({ title }) => title).join("', '")
    if (moves && !Number.isFinite(magnitude)) throw new AppError('run-failed', `The gradient of '${titles}' is not finite. Another layer may do, or the CPU instead of the graphics card.`)
    if (moves && magnitude === 0) throw new AppError('target-invalid', `Nothing in the picture changes '${titles}': its gradient is zero everywhere. Choose another layer, or other channels.`)
    return seen
  }

  /** Nothing where the picture is seen in tiles, or a device fails before it is ahead: tiles leave such a device for the CPU, and say so. */
  async #takeWhole(step: PictureStep, moves: boolean): Promise<Taken | undefined> {
    const { isWhole, key } = step.view
    if (!isWhole || this.#refused.has(key)) return undefined
    const mayFail = this.#isKnown && (await this.#options.runtime.device()).inUse !== 'cpu'
    try {
      return await this.#stepIn(await this.#sessionFor(step), step, moves)
    } catch (error) {
      if (!mayFail || !isAppError(error) || error.code === 'cancelled') throw error
      this.#refused.add(key)
      this.begin(this.#picture)
      return undefined
    }
  }

  async #stepIn({ session, graph }: OpenSteps, { view: { graph: { values, sums, elements } }, feeds, manner, shift, rate }: PictureStep, moves: boolean): Promise<Taken> {
    const { signal } = this.#options
    if (this.#holder !== session) await session.writeState({ [pictureInput]: await this.picture() })
    this.#holder = session
    const before = moves ? undefined : await this.picture()
    const all: HostTensors = { ...feeds, ...graph.shift.feeds(shift), ...this.#fed(manner, rate) }
    const fed = Object.fromEntries(graph.fed.map((name) => [name, all[name]!]))
    const results = await session.step(fed, [...values, ...sums.filter((name) => name !== undefined), graph.magnitude, graph.steepness], signal ? { signal } : {})
    if (before) await session.writeState({ [pictureInput]: before })
    else this.#isKnown = false
    return {
      values: values.map((name, index) => numberIn(results[name]) / elements[index]!),
      sums: sums.map((name) => (name === undefined ? undefined : results[name]?.data as Float32Array)),
      magnitude: numberIn(results[graph.magnitude]), steepness: numberIn(results[graph.steepness]),
    }
  }

  async #takeApart({ view, feeds, manner: { shaping, mask }, shift, rate, random }: PictureStep, moves: boolean): Promise<Taken> {
    const picture = await this.picture()
    const { gradient: data, values, sums } = await this.#gradients.gradient(view, picture, shift, random, feeds)
    const raw = floatTensor(picture.dims, data)
    if (!moves) return { values, sums, steepness: await this.#strips.magnitude(raw), magnitude: NaN }
    const gradient = await this.#strips.shape(raw, shaping)
    const magnitude = await this.#strips.magnitude(gradient, mask)
    if (magnitude > 0) await this.#strips.move(picture, gradient, rate, magnitude, mask)
    this.begin(picture)
    return { values, sums, steepness: NaN, magnitude }
  }

  #fed({ mask }: StepManner, rate: number): HostTensors {
    const [, , height = 1, width = 1] = this.#picture.dims
    return { [rateInput]: floatTensor([], Float32Array.of(rate)), ...(mask ? { [maskInput]: floatTensor([1, 1, height, width], mask) } : {}) }
  }

  async #sessionFor({ view, manner: { shaping, edges, mask } }: PictureStep): Promise<OpenSteps> {
    const key = JSON.stringify([view.key, shaping, edges, mask !== undefined])
    const known = this.#sessions.get(key)
    this.#sessions.delete(key)
    const opened = known ?? await this.#open(view, { shaping, edges, masked: mask !== undefined })
    this.#sessions.set(key, opened)
    return opened
  }

  async #open(view: View, form: StepForm): Promise<OpenSteps> {
    const { runtime, network } = this.#options
    await this.#makeRoom(view.bytes)
    const { inUse } = await runtime.device()
    const picture = await this.picture()
    const graph = buildStepGraph(view.graph, picture.dims, form, runtime.loweringOf(inUse))
    const session = await runtime.openSteps(graph.model, { device: inUse, lane, weights: network, loop: { [pictureInput]: graph.next }, initial: { [pictureInput]: picture } })
    this.#holder = session
    return { session, graph, bytes: view.bytes }
  }

  async #makeRoom(bytes: number): Promise<void> {
    let held = [...this.#sessions.values()].reduce((sum, each) => sum + each.bytes, bytes)
    for (const [key, { session, bytes: freed }] of this.#sessions) {
      if (held <= mostWaitingBytes) return
      if (session === this.#holder) {
        await this.picture()
        this.#holder = undefined
      }
      this.#sessions.delete(key)
      held -= freed
      await session.dispose()
    }
  }
}

const numberIn = (tensor: HostTensors[string] | undefined): number => Number(tensor?.data[0])
