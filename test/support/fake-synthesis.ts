/** The synthesis part of the fake engine: runs of any kind that take a few steps and draw scenes. */
import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import { AppError } from '#contract/errors.ts'
import type { Contract } from '#contract/index.ts'
import type { SynthesisEvent, SynthesisItem, SynthesisRecipe, SynthesisRun } from '#contract/synthesis.ts'
import { EventQueue } from '#engine/lib/event-queue.ts'
import { drawScene } from './fake-pictures.ts'

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Implementer = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>

export interface FakeSynthesis { readonly steps: number; readonly stepMs: number }

const side = 64

const fakePicture = async (name: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await drawScene(name, side, side)).arrayBuffer())

class FakeRun {
  run: SynthesisRun
  readonly listeners = new Set<EventQueue<SynthesisEvent>>()
  readonly pictures = new Map<string, Uint8Array<ArrayBuffer>>()
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #names: readonly { readonly name: string; readonly title: string }[]
  readonly #options: FakeSynthesis
  #step = 0

  constructor(id: string, recipe: SynthesisRecipe, options: FakeSynthesis) {
    this.#names = recipe.kind === 'features' ? recipe.settings.targets : [{ name: 'result', title: 'Result' }]
    this.#options = options
    this.run = { id, title: `A run of ${recipe.kind}`, recipe, state: 'running', startedAt: Date.now(), seconds: 0, peakBytes: 210e6, forecast: { seconds: 12, bytes: 180e6, basis: 'by one forward pass of the model' }, device: 'cpu', items: [], checkpoints: [] }
    this.resume()
  }

  resume(): void {
    this.run = { ...this.run, state: 'running' }
    this.#timer ??= setInterval(() => void this.#advance(), this.#options.stepMs)
    this.tell({ type: 'state', run: this.run })
  }

  hold(state: SynthesisRun['state']): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.run = { ...this.run, state, seconds: this.#step / 10 }
    this.tell({ type: 'state', run: this.run })
    if (state !== 'paused') for (const queue of this.listeners) queue.end()
  }

  tell(event: SynthesisEvent): void { for (const queue of this.listeners) queue.push(event) }

  async #advance(): Promise<void> {
    const { steps } = this.#options
    const all = steps * this.#names.length
    const target = this.#names[Math.floor(this.#step / steps)]
    if (!target) return
    this.#step += 1
    const step = this.#step
    const png = await fakePicture(target.name)
    this.run = { ...this.run, progress: { step, steps: all, share: step / all, label: `${target.title}: step ${step} of ${all}`, value: step / 3, secondsLeft: (all - step) / 10 } }
    if (this.run.progress) this.tell({ type: 'progress', progress: this.run.progress })
    this.tell({ type: 'preview', name: target.name, png, width: side, height: side, step })
    if (step % steps === 0) {
      const item: SynthesisItem = { ...target, facts: { first: 0.1, last: 4.2 }, at: Date.now(), extension: 'png', bytes: png.length, width: side, height: side, deep: false }
      this.pictures.set(target.name, png)
      this.run = { ...this.run, items: [...this.run.items, item] }
      this.tell({ type: 'item', item, png })
    }
    if (step === all) this.hold('done')
  }
}

export function fakeSynthesisRouter(os: Implementer, options: FakeSynthesis) {
  const runs = new Map<string, FakeRun>()
  const find = (id: string): FakeRun => {
    const run = runs.get(id)
    if (!run) throw new AppError('not-found', `There is no run '${id}'.`)
    return run
  }
  return os.synthesis.router({
    forecast: os.synthesis.forecast.handler(() => ({ seconds: 12, bytes: 180e6, basis: 'by one forward pass of the model' })),
    start: os.synthesis.start.handler(({ input: { recipe } }) => {
      const run = new FakeRun(`synthesis-${runs.size + 1}`, recipe, options)
      runs.set(run.run.id, run)
      return run.run
    }),
    watch: os.synthesis.watch.handler(async function* ({ input: { run: id }, signal }): AsyncGenerator<SynthesisEvent> {
      const run = find(id)
      const queue = new EventQueue<SynthesisEvent>()
      run.listeners.add(queue)
      signal?.addEventListener('abort', () => queue.end(), { once: true })
      yield { type: 'state', run: run.run }
      for (const item of run.run.items) { const png = run.pictures.get(item.name); yield { type: 'item', item, ...(png ? { png } : {}) } }
      if (run.run.state === 'running' || run.run.state === 'paused') yield* queue
    }),
    control: os.synthesis.control.handler(({ input: { run: id, action } }) => {
      const run = find(id)
      if (action === 'pause') run.hold('paused')
      if (action === 'resume') run.resume()
      if (action === 'cancel') run.hold('cancelled')
      return run.run
    }),
    list: os.synthesis.list.handler(({ input: { kind } }) => [...runs.values()].map(({ run }) => run).filter(({ recipe }) => kind === undefined || recipe.kind === kind)),
    result: os.synthesis.result.handler(({ input: { run, item } }) => ({ name: `${item}.png`, data: new Blob([find(run).pictures.get(item) ?? new Uint8Array()], { type: 'image/png' }) })),
    remove: os.synthesis.remove.handler(({ input: { run } }) => { runs.delete(run) }),
  })
}
