import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '#contract/errors.ts'
import type { Recipe, RunEvent } from '#contract/training.ts'
import { transferDefaults } from '#contract/transfer-defaults.ts'
import { unreadable } from '#engine/lib/write-file.ts'
import { checkRecipe, parseRecipe } from '#engine/training/recipe.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { defineCommand } from '../define-command.ts'
import type { CliContext } from '../define-command.ts'
import { dataSourceOf, withDataOptions } from '../data-options.ts'
import { resourcesFolder } from '../locations.ts'
import { flagOption, listOption, textOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

type Options = Readonly<Record<string, unknown>>

export default defineCommand({
  name: 'train',
  declare: (command) => withRecipeOptions(command
    .description('Train a network. Writes model.onnx, history.json, report.json, recipe.json, checkpoints and TensorBoard event files.')
    .option('--recipe <file>', 'the whole run as JSON; other options change it')
    .option('--resume <folder>', 'go on with the run in that folder from its last checkpoint')
    .option('--out <folder>', 'where the results go')
    .option('--fold-normalization', 'work batch normalisation into the layers before it in model.onnx')
    .option('--device <device>', 'auto, cpu, webgpu, cuda, dml or coreml', 'auto')
    .option('--threads <number>', 'threads of the engine (0: one per core)', '0')
    .option('--json', 'print the result as one JSON document')),
  async run({ options }, context) {
    const resumed = textOption(options, 'resume')
    const folder = new RunFolder(resolve(resumed ?? textOption(options, 'out') ?? usage('Say where the results go: --out FOLDER.')))
    if (resumed !== undefined && !(await folder.exists())) throw new AppError('file-missing', `${folder.path} is no run: it holds no recipe.json.`)
    const recipe = resumed === undefined ? await recipeOf(options) : await folder.readRecipe()
    const from = resumed === undefined ? undefined : await folder.newestCheckpoint()
    if (resumed === undefined && (await folder.exists()) && !(await neverBegan(folder))) throw new AppError('usage', `${folder.path} holds a run already. Choose another folder, or go on with it: --resume ${folder.path}`)
    const id = resumed === undefined ? undefined : await folder.readRecord().then((record) => record.id, () => undefined)
    await withRuntime(options, async (runtime) => {
      const run = new TrainingRun({ runtime, recipe, folder, from, resumes: resumed !== undefined, foldNormalization: flagOption(options, 'foldNormalization'), ...(id === undefined ? {} : { id }), onEvent: printer(context, recipe) })
      if (from) context.progress(`Going on after step ${from.notes.step}, epoch ${from.notes.epoch}.`)
      const stop = (): void => run.stop()
      context.signal.addEventListener('abort', stop, { once: true })
      await run.start()
      const { summary, history, findings } = run.detail()
      if (run.state === 'failed') throw new AppError('run-failed', summary.error ?? 'Training failed.')
      const best = history.find((epoch) => epoch.epoch === summary.best?.epoch)
      if (flagOption(options, 'json')) context.print(JSON.stringify({ out: folder.path, state: run.state, epochs: history.length, best: summary.best, metrics: best?.validation, findings: findings.map(({ rule, severity, title }) => ({ rule, severity, title })) }))
      else context.print(best ? `Best: epoch ${best.epoch}, ${scoreText(recipe, best.validation.score)}. Written to ${folder.path}.` : `${run.state === 'stopped' ? 'Stopped' : 'Ended'} before the first epoch was over. Written to ${folder.path}.`)
    })
  },
})

/** It failed before its first step, over its data or its network: nothing is lost with it. */
const neverBegan = async (folder: RunFolder): Promise<boolean> => await folder.newestCheckpoint() === undefined && await folder.readRecord().then(({ state, stepsPerEpoch }) => state === 'failed' && stepsPerEpoch === 0, () => false)

const usage = (message: string): never => { throw new AppError('usage', message) }

function withRecipeOptions(command: Command): Command {
  return withDataOptions(command)
    .option('--data <source>', 'a file or folder, or generator:NAME')
    .option('--split <share>', 'share of the examples that is trained on, where the data does not say (0.75)')
    .option('--net <notation>', "'20C5 MP2 50C5 MP2 256F 10', or a model: FILE.onnx")
    .option('--cut <tensor>', 'with a model: a new head behind that tensor')
    .option('--head <notation>', 'with a model: the new head')
    .option('--train-part <part>', "with a model: 'head', 'all', or so many of the last layers (7 is a good beginning)")
    .option('--name <name>', 'of the run')
    .option('--epochs <number>', '(10; a new head on a model 30, fine-tuning 6)').option('--batch <number>', '(100; fine-tuning 32)').option('--lr <rate>', 'learning rate (0.001; a new head 0.003)')
    .option('--optimizer <kind>', 'sgd, momentum, nesterov, rmsprop, adam or adamw (adam)')
    .option('--schedule <kind>', 'constant, step or cosine (constant; with a model cosine)').option('--warmup <steps>', 'steps over which the rate rises')
    .option('--weight-decay <strength>', '(0)').option('--clip <norm>', 'largest norm of all gradients together').option('--momentum <share>', '(0.9)')
    .option('--loss <kind>', 'cross-entropy, binary-cross-entropy, squared-error, huber or focal (by the data)')
    .option('--class-weights <weights>', "'balanced', or one number a class with commas")
    .option('--label-smoothing <share>', '(0)').option('--logit-adjustment <tau>', '(0)').option('--sampler <kind>', 'shuffle or balanced')
    .option('--augment <changes>', "such as 'shift=0.1,rotate=10,flip' (shift, rotate, scale, flip, flip-vertical, color, erase)")
    .option('--standardize <mode>', 'none, channel or all (channel)').option('--initialization <kind>', 'he, glorot, lecun or zero (he)')
    .option('--averaging <decay>', 'moving average of the weights, such as 0.999').option('--patience <epochs>', 'stop after so many epochs without a better loss')
    .option('--seed <number>', '(1)')
}

async function recipeOf(options: Options): Promise<Recipe> {
  const file = textOption(options, 'recipe')
  const base = file === undefined ? undefined : placedRecipe(parseRecipe(await readRecipe(file), file), dirname(file))
  const data = textOption(options, 'data')
  const source = data === undefined ? (base?.data ?? usage('Say what to train on: --data PATH, --data generator:NAME, or --recipe FILE.')) : await dataSourceOf(data, options)
  const net = textOption(options, 'net')
  const [rate, lossKind] = [textOption(options, 'lr'), textOption(options, 'loss')]
  const given = <T>(id: string, convert: (text: string) => T): T | undefined => { const text = textOption(options, id); return text === undefined ? undefined : convert(text) }
  const weights = given('classWeights', (text) => (text === 'balanced' || text === 'none' ? text : text.split(',').map(Number)))
  const chosen = net === undefined ? undefined : netOf(net, options)
  const usual = chosen?.kind === 'model' ? transferDefaults(chosen.train) : { epochs: 10, batch: 100, optimizer: { kind: 'adam', rate: 0.001 } }
  const changed = {
    ...(base ?? { version: 1, name: '', seed: 1, epochs: usual.epochs, batch: usual.batch, description: '' }),
    data: source,
    ...defined({
      name: given('name', String) ?? base?.name ?? (net === undefined ? 'run' : `${basename(source.kind === 'files' ? source.path : source.name)} ${net}`),
      net: chosen,
      epochs: given('epochs', Number), batch: given('batch', Number), seed: given('seed', Number), sampler: given('sampler', String), averaging: given('averaging', Number), patience: given('patience', Number),
      standardize: given('standardize', String), initialization: given('initialization', String), split: given('split', (text) => ({ train: Number(text), seed: 1 })), augment: given('augment', () => augmentOf(listOption(options, 'augment'))),
    }),
    loss: { ...(base?.loss ?? { kind: 'cross-entropy' }), ...defined({ kind: lossKind, classWeights: weights, labelSmoothing: given('labelSmoothing', Number), logitAdjustment: given('logitAdjustment', Number) }) },
    optimizer: {
      ...(base?.optimizer ?? usual.optimizer),
      ...defined({ kind: given('optimizer', String), rate: rate === undefined ? undefined : Number(rate), schedule: given('schedule', String), warmup: given('warmup', Number), weightDecay: given('weightDecay', Number), clip: given('clip', Number), momentum: given('momentum', Number) }),
    },
  }
  if (!('net' in changed)) usage("Say what to train: --net '20C5 MP2 50C5 MP2 256F 10', or --net MODEL.onnx.")
  return checkRecipe(changed, file ?? 'The options')
}

const defined = (record: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

async function readRecipe(file: string): Promise<string> {
  const path = (await stat(file).catch(() => undefined))?.isDirectory() === true ? join(file, 'recipe.json') : file
  return readFile(path, 'utf8').catch((cause: unknown) => { throw unreadable(`The recipe ${file}`, cause) })
}

function netOf(text: string, options: Options) {
  if (!/\.onnx$/i.test(text)) return { kind: 'notation', text } as const
  const part = textOption(options, 'trainPart') ?? 'head'
  return { kind: 'model', path: resolve(text), ...defined({ cut: textOption(options, 'cut'), head: textOption(options, 'head') }), train: part === 'head' || part === 'all' ? part : Number(part) } as const
}

/** A model that a recipe names by a relative path stands where the command runs, beside the recipe, or among the application's own files. */
function placedRecipe(recipe: Recipe, folder: string): Recipe {
  const { net } = recipe
  if (net.kind !== 'model' || isAbsolute(net.path)) return recipe
  const path = [process.cwd(), folder, resourcesFolder].map((place) => resolve(place, net.path)).find((place) => existsSync(place))
  return { ...recipe, net: { ...net, path: path ?? resolve(net.path) } }
}

const flips: Readonly<Record<string, string>> = { 'flip': 'flipHorizontal', 'flip-vertical': 'flipVertical' }

function augmentOf(changes: readonly string[]): Record<string, number | boolean> {
  return Object.fromEntries(changes.map((change): [string, number | boolean] => {
    const [key = '', value] = change.split('=')
    const flip = flips[key]
    if (flip !== undefined) return [flip, true]
    if (!['shift', 'rotate', 'scale', 'color', 'erase'].includes(key) || value === undefined || !Number.isFinite(Number(value))) throw new AppError('usage', `--augment takes shift, rotate, scale, color and erase with a number ('shift=0.1'), flip and flip-vertical; got '${change}'.`)
    return [key, Number(value)]
  }))
}

const scoreText = ({ loss }: Recipe, score: number): string => (loss.kind === 'squared-error' || loss.kind === 'huber' ? `R² ${score.toFixed(4)}` : `validation accuracy ${(100 * score).toFixed(2)} %`)

function printer({ progress }: CliContext, recipe: Recipe): (event: RunEvent) => void {
  let shownAt = 0
  const told = new Set<string>()
  return (event) => {
    const now = performance.now()
    // Why it failed is what the command ends with.
    if (event.type === 'state' && event.summary.state !== 'failed' && event.note !== undefined && now - shownAt > 500) { shownAt = now; progress(event.note) }
    if (event.type === 'steps' && now - shownAt > 2000) {
      shownAt = now
      const last = event.steps.at(-1)
      progress(`Epoch ${event.epoch} of ${recipe.epochs}, batch ${event.batch}: loss ${last?.loss.toFixed(4) ?? ''}, ${event.examplesPerSecond.toFixed(0)} examples/s${event.remainingMs === null ? '' : `, ${(event.remainingMs / 60_000).toFixed(1)} min left`}`)
    }
    if (event.type === 'epoch') {
      const { epoch, train, validation, seconds, examplesPerSecond } = event.epoch
      progress(`Epoch ${epoch} of ${recipe.epochs}: loss ${train.loss.toFixed(4)}, validation loss ${validation.loss.toFixed(4)}, ${scoreText(recipe, validation.score)}, ${seconds.toFixed(1)} s, ${examplesPerSecond.toFixed(0)} examples/s`)
    }
    // A finding is told once; the report holds its last numbers.
    if (event.type === 'findings') for (const { id, severity, title, evidence } of event.findings.filter((finding) => !told.has(finding.id))) {
      told.add(id)
      progress(`Doctor (${severity}): ${title}. ${evidence}`)
    }
  }
}
