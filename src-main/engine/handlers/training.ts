import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { Augment } from '#contract/training.ts'
import type { Example } from '#contract/training.ts'
import { augmentWarnings } from '../datasets/augment-warnings.ts'
import { dataKinds } from '../datasets/data-kinds.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { describeDataset } from '../datasets/describe-dataset.ts'
import { exampleOf, pickExamples } from '../datasets/examples.ts'
import { splitDataset } from '../datasets/split.ts'
import { floatArrayOf } from '../lib/blob.ts'
import { browseFolder } from '../library/browse-folder.ts'
import { bundledRecipes } from '../library/bundled-recipes.ts'
import { describeNetwork } from '../training/network.ts'
import { openNetSource } from '../training/net-source.ts'
import { presets } from '../training/presets.ts'
import { activationsAt, answersAt, kernelsAt, numbersAt } from '../training/replay.ts'
import { readScalars } from '../training/tensorboard/event-file.ts'
import { suggestCuts } from '../training/transfer/cuts.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

/** Generators that take a seed are shown with this one. */
const shownSeed = 1

export const trainingHandlers = ({ training, sources, resourcesFolder, runtime, jobs }: Services) => {
  const load = (source: Parameters<typeof training.load>[0], signal: AbortSignal | undefined): Promise<Dataset> =>
    jobs.run('Reading the data', signal, (controls) => training.load(source, {
      signal: controls.signal, seed: shownSeed,
      onProgress: (done, total) => { controls.progress(total === undefined ? null : done / Math.max(1, total), `${done}${total === undefined ? '' : ` of ${total}`} examples`) },
    }))

  /** Of the validation examples that fit. */
  const chosen = async (run: string, epoch: number, count: number, fits: (row: number, answers: Awaited<ReturnType<typeof answersAt>>) => boolean, signal: AbortSignal | undefined): Promise<Example[]> => {
    const answers = await answersAt(await training.folder(run), training.load, epoch, signal)
    const { dataset, parts, predicted } = answers
    const rows = Array.from(predicted.keys()).filter((row) => fits(row, answers)).slice(0, count)
    return Promise.all(rows.map((row) => exampleOf(dataset, parts.validation[row] ?? 0, 'validation')))
  }

  return {
    recipes: os.training.recipes.handler(() => bundledRecipes(resourcesFolder)),
    presets: os.training.presets.handler(() => [...presets]),
    sources: os.training.sources.handler(() => dataKinds()),
    browse: os.training.browse.handler(({ input: { path } }) => browseFolder(path)),
    describeData: os.training.describeData.handler(async ({ input: { data, split }, signal }) => describeDataset(await load(data, signal), split)),
    examples: os.training.examples.handler(async ({ input: { data, split, ...choice }, signal }) => {
      const dataset = await load(data, signal)
      return pickExamples(dataset, splitDataset(dataset, split), choice)
    }),
    augmentWarnings: os.training.augmentWarnings.handler(async ({ input: { data, augment }, signal }) => augmentWarnings(await load(data, signal), augment)),
    describeNet: os.training.describeNet.handler(async ({ input: { net, input, outputs } }) => {
      const headed = net.kind === 'model' && net.train === 'head' ? { ...net, head: net.head ?? `GAP ${outputs}` } : net
      const source = await openNetSource({ net: headed, seed: 0, initialization: 'zero', name: '', description: '', augment: Augment.parse({}) }, runtime)
      return describeNetwork(source.build(source.size ? [input[0] ?? 3, source.size.height, source.size.width] : input, 'inference', 'batch'))
    }),
    cuts: os.training.cuts.handler(({ input: { path } }) => suggestCuts(path)),
    resolve: os.training.resolve.handler(async ({ input: { source } }) => {
      if (source.kind !== 'path') return { path: (await sources.locate(source)).path }
      const path = resolve(source.path.replace(/^~(?=\/|$)/, homedir()))
      await stat(path).catch((cause: unknown) => { throw new AppError('file-missing', `There is nothing at ${path}.`, { cause }) })
      return { path }
    }),
    start: os.training.start.handler(({ input: { recipe } }) => training.start(recipe)),
    resume: os.training.resume.handler(({ input: { run } }) => training.resume(run)),
    branch: os.training.branch.handler(({ input: { run, epoch, recipe } }) => training.branch(run, epoch, recipe)),
    control: os.training.control.handler(({ input: { run, ...control } }) => training.control(run, control)),
    rateTest: os.training.rateTest.handler(({ input: { recipe }, signal }) => jobs.run('Testing learning rates', signal, (controls) => training.testRates(recipe, controls.signal))),
    runs: os.training.runs.handler(() => training.list()),
    run: os.training.run.handler(({ input: { run } }) => training.detail(run)),
    watch: os.training.watch.handler(({ input: { run }, signal }) => training.watch(run, signal)),
    remove: os.training.remove.handler(({ input: { run } }) => training.remove(run)),
    rename: os.training.rename.handler(({ input: { run, name } }) => training.rename(run, name)),
    kernels: os.training.kernels.handler(async ({ input: { run, epoch, layer } }) => {
      const { dims, data, extent } = await kernelsAt(await training.folder(run), epoch, layer)
      return { kernels: floatArrayOf(dims, data), extent }
    }),
    confused: os.training.confused.handler(({ input: { run, epoch, actual, predicted, count }, signal }) =>
      chosen(run, epoch, count, (row, answers) => answers.predicted[row] === predicted && answers.classOf[answers.parts.validation[row] ?? 0] === actual, signal)),
    changed: os.training.changed.handler(async ({ input: { run, epoch, kind, count }, signal }) => {
      if (epoch < 2) return []
      const { predicted: before } = await answersAt(await training.folder(run), training.load, epoch - 1, signal)
      return chosen(run, epoch, count, (row, answers) => {
        const actual = answers.classOf[answers.parts.validation[row] ?? 0]
        const [was, is] = [before[row] === actual, answers.predicted[row] === actual]
        return kind === 'gained' ? is && !was : was && !is
      }, signal)
    }),
    activations: os.training.activations.handler(async ({ input: { run, ...at }, signal }) => {
      const { dims, data } = await activationsAt(runtime, await training.folder(run), training.load, at, signal)
      return { activations: floatArrayOf(dims, data) }
    }),
    answers: os.training.answers.handler(async ({ input: { run, epoch }, signal }) => {
      const { columns, actual, predicted } = await numbersAt(await training.folder(run), training.load, epoch, signal)
      const dims = [actual.length / columns.length, columns.length]
      return { columns: [...columns], actual: floatArrayOf(dims, actual), predicted: floatArrayOf(dims, predicted) }
    }),
    tryFix: os.training.tryFix.handler(({ input: { run, finding, fix }, signal }) => jobs.run('Trying a fix', signal, () => training.tryFix(run, finding, fix))),
    tensorboard: os.training.tensorboard.handler(({ input: { path } }) => readScalars(path)),
    result: os.training.result.handler(async ({ input: { run } }) => ({ path: (await training.folder(run)).file('model.onnx') })),
  }
}
