/** The training part of the fake engine. */
import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import { AppError } from '#contract/errors.ts'
import type { Contract } from '#contract/index.ts'
import type { Recipe, RunEvent } from '#contract/training.ts'
import { blobs, floats } from './fake-pictures.ts'
import { fakeExamples, fakeKernels, fakeNet, fakeRecipes, fakeSummary, FakeRun } from './fake-training.ts'

export interface FakeTraining {
  /** Milliseconds a step of a run takes. */
  readonly stepMs: number
  /** Epochs that a run is taught before the page asks for it; none: no run is there. */
  readonly kept: number
}

/** What `implement(contract).use(…)` gives; the library writes a context of nothing like this. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Implementer = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>

export function fakeTrainingRouter(os: Implementer, { stepMs, kept }: FakeTraining) {
  const runs = new Map<string, FakeRun>()
  const add = (recipe: Recipe, parent?: string): FakeRun => {
    const run = new FakeRun(recipe, `run-${runs.size + 1}`, stepMs, parent)
    runs.set(run.detail.summary.id, run)
    return run
  }
  const find = (id: string): FakeRun => {
    const run = runs.get(id.replace(/-branch$/, ''))
    if (run === undefined) throw new AppError('not-found', `There is no run '${id}'.`)
    return run
  }
  if (kept > 0) add({ ...fakeRecipes[4]!.recipe, name: 'LeNet, one rare' }).fastForward(kept)

  return os.training.router({
    recipes: os.training.recipes.handler(() => fakeRecipes),
    presets: os.training.presets.handler(() => [
      { id: 'neuron', title: 'Single neuron', notation: '1', summary: 'One weighted sum.' }, { id: 'linear', title: 'Linear', notation: '10', summary: 'One layer.' }, { id: 'mlp', title: 'MLP 256-256', notation: '256F 256F 10', summary: 'Two hidden layers.' },
      { id: 'lenet', title: 'LeNet', notation: '20C5 MP2 50C5 MP2 256F 10', summary: 'Kernels and pooling.' },
    ]),
    sources: os.training.sources.handler(() => ({
      formats: [{ id: 'idx', title: 'IDX files', summary: 'MNIST and its like.', options: [] }, { id: 'folder', title: 'A folder of class folders', summary: 'One folder a class.', options: [{ type: 'integer' as const, id: 'size', title: 'Size, px', help: 'Pictures are brought to this side.', minimum: 8, maximum: 512, initial: 32 }] }],
      generators: [
        { id: 'digits', title: 'Rendered digits', summary: 'Digits in many hands, drawn by the application.', options: [{ type: 'integer' as const, id: 'count', title: 'Pictures', help: 'How many are made.', minimum: 10, maximum: 100_000, initial: 20_000 }, { type: 'number' as const, id: 'noise', title: 'Noise', help: 'Share of gray added.', minimum: 0, maximum: 1, initial: 0.1 }] },
        { id: 'points', title: 'Points in the plane', summary: 'Two coordinates and a class.', options: [{ type: 'choice' as const, id: 'shape', title: 'Shape', help: 'How classes lie.', choices: [{ id: 'clusters', title: 'Clusters' }, { id: 'xor', title: 'XOR' }], initial: 'clusters' }] },
        { id: 'kilometers', title: 'Kilometers and miles', summary: 'Pairs of numbers.', options: [] },
      ],
    })),
    browse: os.training.browse.handler(({ input }) => {
      const path = input.path ?? '/home/someone'
      return {
        path, parent: path === '/' ? null : path.replace(/\/[^/]*$/, '') || '/', more: 0,
        entries: [...['cats-and-dogs', 'mnist'].map((name) => ({ name, path: `${path}/${name}`, kind: 'folder' as const, bytes: 0 })), { name: 'table.csv', path: `${path}/table.csv`, kind: 'file' as const, bytes: 18_230 }],
      }
    }),
    describeData: os.training.describeData.handler(({ input }) => {
      if (input.data.kind === 'files' && input.data.path.includes('missing')) throw new AppError('file-missing', `${input.data.path} is not there. Choose another folder.`)
      if (input.data.kind === 'files' && input.data.path.endsWith('.csv')) {
        const role = String(input.data.options['ignore'] ?? '').split(',').includes('price') ? 'ignored' as const : 'number' as const
        return {
          name: 'table.csv', format: 'csv', train: 750, validation: 250, input: { kind: 'numbers' as const, columns: ['area', 'rooms'] }, target: { kind: 'numbers' as const, columns: ['price'] }, skipped: { count: 0, examples: [] }, duplicates: 0, warnings: [],
          columns: [{ name: 'area', role: 'input' as const, example: '74.5' }, { name: 'rooms', role: 'input' as const, example: '3' }, { name: 'price', role, example: '312000' }],
        }
      }
      return fakeSummary()
    }),
    examples: os.training.examples.handler(async ({ input }) => await fakeExamples({ count: input.count, label: input.label, first: input.first, part: input.part, seed: input.seed, rotate: input.augment?.rotate ?? 0 })),
    augmentWarnings: os.training.augmentWarnings.handler(({ input }) => (input.augment.flipVertical ? ['A digit turned upside down is another digit: 6 becomes 9.'] : [])),
    describeNet: os.training.describeNet.handler(({ input }) => fakeNet(input.net, input.input)),
    cuts: os.training.cuts.handler(() => ({ suggested: 'pool5', tensors: [{ id: 'pool5', title: 'Global pooling', dims: [512] }, { id: 'fire9', title: 'fire9/concat', dims: [512, 13, 13] }] })),
    resolve: os.training.resolve.handler(() => ({ path: '/home/someone/models/phosphene-24.onnx' })),
    start: os.training.start.handler(({ input }) => {
      const run = add(input.recipe)
      run.start()
      return run.detail.summary
    }),
    resume: os.training.resume.handler(({ input }) => { find(input.run).start(); return find(input.run).detail.summary }),
    branch: os.training.branch.handler(({ input }) => {
      const run = add(input.recipe, input.run)
      run.start()
      return run.detail.summary
    }),
    control: os.training.control.handler(({ input }) => find(input.run).control(input)),
    rateTest: os.training.rateTest.handler(() => {
      const rates = Array.from({ length: 60 }, (_, index) => 10 ** (-5 + index / 12))
      return { rates, losses: rates.map((rate) => 0.4 + 2 * Math.exp(-rate * 200) + Math.max(0, (rate - 0.1) * 30)), suggested: 0.0042 }
    }),
    runs: os.training.runs.handler(() => [...runs.values()].map(({ detail }) => detail.summary)),
    run: os.training.run.handler(({ input }) => structuredClone(find(input.run).detail)),
    watch: os.training.watch.handler(async function* ({ input, signal }) { yield* follow(find(input.run), signal) }),
    remove: os.training.remove.handler(({ input }) => { runs.delete(input.run) }),
    rename: os.training.rename.handler(({ input }) => find(input.run).rename(input.name)),
    kernels: os.training.kernels.handler(({ input }) => {
      const layer = find(input.run).detail.net.layers.find(({ id }) => id === input.layer)
      if (layer === undefined) throw new AppError('layer-invalid', `There is no layer '${input.layer}'.`)
      const { dims, data } = fakeKernels(layer, input.epoch)
      return { kernels: floats(dims, data), extent: 0.5 }
    }),
    confused: os.training.confused.handler(async ({ input }) => await fakeExamples({ count: Math.min(7, input.count), label: input.actual, part: 'validation', seed: input.predicted })),
    changed: os.training.changed.handler(async ({ input }) => await fakeExamples({ count: 5, part: 'validation', seed: input.epoch })),
    activations: os.training.activations.handler(({ input }) => ({ activations: floats([20, 12, 12], Float32Array.from(Array.from({ length: 20 }, (_, map) => [...blobs(`${input.layer} ${input.example} ${map}`, 12, 12, false, 2)]).flat())) })),
    answers: os.training.answers.handler(() => ({ columns: ['miles'], actual: floats([40, 1], Float32Array.from({ length: 40 }, (_, row) => row)), predicted: floats([40, 1], Float32Array.from({ length: 40 }, (_, row) => row + Math.sin(row))) })),
    tryFix: os.training.tryFix.handler(async ({ input }) => {
      await new Promise((resolve) => setTimeout(resolve, 60))
      return find(input.run).tryFix(input.fix)
    }),
    tensorboard: os.training.tensorboard.handler(() => [{ tag: 'loss/validation', steps: [40, 80, 120, 160], values: [1.2, 0.6, 0.4, 0.35] }, { tag: 'accuracy/validation', steps: [40, 80, 120, 160], values: [0.6, 0.8, 0.87, 0.9] }]),
    result: os.training.result.handler(() => ({ path: '/home/someone/.local/share/phosphene/runs/run-1/model.onnx' })),
  })
}

async function* follow(run: FakeRun, signal: AbortSignal | undefined): AsyncGenerator<RunEvent> {
  const queue: RunEvent[] = []
  let wake: () => void = () => undefined
  const stop = run.listen((event) => { queue.push(event); wake() })
  signal?.addEventListener('abort', () => wake())
  try {
    while (signal?.aborted !== true) {
      while (queue.length > 0) yield queue.shift() as RunEvent
      await new Promise<void>((resolve) => { wake = resolve })
    }
  } finally {
    stop()
  }
}
