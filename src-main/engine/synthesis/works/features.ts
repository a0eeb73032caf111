import { FeaturesSettings } from '#contract/features.ts'
import type { FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import { AppError, invariant } from '#contract/errors.ts'
import type { Network } from '../../network/network.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor, HostTensors } from '../../runtime/host-tensor.ts'
import { Ascent, formKey } from '../ascent.ts'
import type { AscentForm } from '../ascent.ts'
import { defineWork } from '../define-work.ts'
import type { Checkpoint, Preview, WorkContext, WorkPlace } from '../define-work.ts'
import { activationBytes } from '../forecast.ts'
import { referencesOf } from '../references.ts'
import { shareBefore } from '../share-before.ts'
import { find, objectives, optimisers, parameterisations, transforms as allTransforms } from '../registries.ts'
import { layerOf, resolveEnds, wakingTerms } from '../unit.ts'
import type { ResolvedTerm } from '../unit.ts'
import type { AppliedTransform } from '../viewpoint.ts'
import { shapeOf, usualPenalties, usualTransforms } from '../usual.ts'

/** Forward and backward, the latter twice as much. */
const passesPerStep = 3

interface Notes { readonly target: string; readonly t: number; readonly first: number; readonly size: number }

export default defineWork<FeaturesSettings>({
  kind: 'features',
  settings: FeaturesSettings,
  title: ({ targets }) => (targets.length === 1 ? (targets[0]?.title ?? '') : `${targets.length} features`),

  estimate({ network, display }, settings) {
    let passes = 0
    let bytes = 0
    for (const target of settings.targets) {
      const layers = layersOf(network, target)
      const { height, width, batch } = shapeOf(display, settings, layers)
      const scale = (batch * height * width) / (display.preprocessing.height * display.preprocessing.width)
      const share = layers.length === 0 ? 1 : shareBefore(network, layers.map(({ id }) => id))
      passes += passesPerStep * settings.steps * scale * share
      bytes = Math.max(bytes, 2 * activationBytes(network) * scale * share)
    }
    return { passes, bytes, steps: settings.steps * settings.targets.length }
  },

  async run(context, initial) {
    const maker = new FeatureMaker(context, initial)
    try {
      await maker.run()
    } finally {
      await maker.dispose()
    }
  },
})

class FeatureMaker {
  readonly #context: WorkContext<FeaturesSettings>
  #settings: FeaturesSettings
  #ascent: { readonly key: string; readonly ascent: Ascent } | undefined

  constructor(context: WorkContext<FeaturesSettings>, settings: FeaturesSettings) {
    this.#context = context
    this.#settings = settings
  }

  async run(): Promise<void> {
    // All are looked at before the first is made: the last one's mistake is not found after an hour.
    for (const target of this.#settings.targets) planOf(this.#context, this.#settings, target)
    const names = this.#settings.targets.map(({ name }) => name)
    if (new Set(names).size < names.length) throw new AppError('option-invalid', `Two targets have the same name '${names.find((name, at) => names.indexOf(name) !== at) ?? ''}': their pictures would be told apart by nothing.`)
    const { checkpoint } = this.#context
    const notes = checkpoint?.notes as Notes | undefined
    const begun = Math.max(0, names.indexOf(notes?.target ?? ''))
    for (let index = begun; index < this.#settings.targets.length; index++) await this.#make(index, index === begun ? checkpoint : undefined)
  }

  async dispose(): Promise<void> { await this.#ascent?.ascent.dispose() }

  async #make(index: number, checkpoint: Checkpoint | undefined): Promise<void> {
    const context = this.#context
    const notes = checkpoint?.notes as Notes | undefined
    const target = this.#settings.targets[index]
    invariant(target, 'a target that there is not')
    if (!notes && itemNames(target, this.#settings.batch).every((name) => context.finished.has(name))) return
    let ascent = await this.#begin(target, checkpoint && stateOf(checkpoint), notes?.size)
    let [value, first] = [NaN, notes?.first ?? NaN]
    const startedAt = performance.now()
    for (let t = (notes?.t ?? 0) + 1; t <= this.#settings.steps; t++) {
      value = await ascent.step(t, context.signal)
      if (!Number.isFinite(value)) throw new AppError('run-failed', `The objective of ‘${target.title}’ became ${value} at step ${t}: use a lower rate than ${this.#settings.rate ?? 'the usual one'}, or weaker penalties.`)
      if (t === 1) first = value
      const before = this.#settings
      const now = ascent
      this.#settings = await context.step({
        step: index * before.steps + t, steps: before.targets.length * before.steps, label: before.targets.length === 1 ? target.title : `${target.title} (${index + 1} of ${before.targets.length})`, value,
        preview: () => previewsOf(target, now),
        capture: async () => ({ tensors: tensorsOf(await now.state()), notes: { target: target.name, t, first, size: now.size } satisfies Notes }),
      })
      if (this.#settings !== before && JSON.stringify(this.#settings) !== JSON.stringify(before)) ascent = await this.#begin(this.#settings.targets[index] ?? target, await ascent.state(), ascent.size)
    }
    const seconds = (performance.now() - startedAt) / 1000
    const pictures = await ascent.pictures()
    const facts = { first: finite(first), last: finite(value), reached: finite(ascent.excited), steps: this.#settings.steps, seconds: Number(seconds.toFixed(2)) }
    for (const [at, name] of itemNames(target, this.#settings.batch).entries()) {
      const picture = pictures[at]
      invariant(picture, 'a picture is missing')
      await context.item({ name, title: this.#settings.batch === 1 ? target.title : `${target.title}, ${at + 1}`, facts, content: { picture }, deep: true, settings: { ...this.#settings, targets: [target] } })
    }
  }

  async #begin(target: FeatureTarget, state?: HostTensors, size?: number): Promise<Ascent> {
    const { form, transforms } = planOf(this.#context, this.#settings, target)
    const key = formKey(form)
    if (this.#ascent?.key !== key) {
      await this.#ascent?.ascent.dispose()
      this.#ascent = undefined
      this.#ascent = { key, ascent: await Ascent.open(this.#context, form) }
    }
    const references = new Map<number, FloatTensor>()
    for (const [index, { tensor, term: { picture } }] of form.terms.entries())
      if (picture && tensor !== undefined) {
        const values = await referencesOf(this.#context, form.shape, await this.#context.picture(picture), [tensor])
        const value = values[tensor]
        if (value) references.set(index, value)
      }
    await this.#ascent.ascent.begin({ terms: form.terms, references, transforms, rate: this.#settings.rate, seed: this.#context.seed }, state, size)
    return this.#ascent.ascent
  }
}

/** With what wakes its units, where they could sleep. */
const termsOf = ({ network, display }: Pick<WorkPlace, 'network' | 'display'>, term: ObjectiveTerm, batch: number): ResolvedTerm[] =>
  resolveEnds({ network, display }, term, batch).flatMap((resolved) => [resolved, ...wakingTerms(network, resolved)])

function planOf({ network, display }: Pick<WorkPlace, 'network' | 'display'>, settings: FeaturesSettings, target: FeatureTarget): { readonly form: AscentForm; readonly transforms: readonly AppliedTransform[] } {
  const shape = shapeOf(display, settings, layersOf(network, target))
  const usual = target.terms.map(({ id }) => objectives.get(id)?.usual).find((each) => each !== undefined)
  const applied = Object.entries(settings.transforms ?? usual?.transforms ?? usualTransforms(shape)).map(([id, amount]) => ({ transform: find(allTransforms, id, 'transform'), amount })).filter(({ amount }) => amount !== 0)
  return {
    transforms: applied,
    form: {
      shape, terms: [...target.terms, ...(settings.penalties ?? usual?.penalties ?? usualPenalties(shape))].flatMap((term) => termsOf({ network, display }, term, settings.batch)),
      parameterisation: find(parameterisations, settings.parameterisation, 'parameterisation'), optimiser: find(optimisers, settings.optimiser, 'optimiser'),
    },
  }
}

const layersOf = (network: Network, { terms }: FeatureTarget): Layer[] => terms.flatMap(({ layer }) => (layer === undefined ? [] : [layerOf(network, layer)]))

const itemNames = ({ name }: FeatureTarget, batch: number): string[] => (batch === 1 ? [name] : Array.from({ length: batch }, (_, at) => `${name}-${at + 1}`))

async function previewsOf(target: FeatureTarget, ascent: Ascent): Promise<Preview[]> {
  const pictures = await ascent.pictures()
  return itemNames(target, pictures.length).flatMap((name, at) => { const picture = pictures[at]; return picture ? [{ name, picture }] : [] })
}

const tensorsOf = (state: HostTensors): Checkpoint['tensors'] => new Map(Object.entries(state).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]))
const stateOf = ({ tensors }: Checkpoint): HostTensors => Object.fromEntries([...tensors].map(([name, { dims, data }]) => [name, floatTensor(dims, data as Float32Array)]))
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
