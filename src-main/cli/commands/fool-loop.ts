import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import { prepareTraining } from '#engine/fooling/fooling-folder.ts'
import { retrainLoop } from '#engine/fooling/retrain.ts'
import type { FoolingPictures, Trained } from '#engine/fooling/retrain.ts'
import { classesOfData } from '#engine/fooling/retraining-recipe.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { throwIfCancelled } from '#engine/lib/cancel.ts'
import { unreadable, unwritable } from '#engine/lib/write-file.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { parseRecipe } from '#engine/training/recipe.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, textOption, wholeOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'fool-loop',
  declare: (command) => command
    .description('Train, breed fooling pictures, train again with those as a class of their own, breed again (Nguyen et al. 2014, section 3.8). Writes loop.json and a training run a round.')
    .argument('<recipe>', 'training recipe (JSON) of pictures of classes, its net a notation that ends with the number of classes')
    .option('--rounds <number>', 'trainings', '3').option('--method <encoding>', 'cppn or direct', 'cppn')
    .option('--generations <number>', 'of each archive', '50').option('--population <number>', 'pictures of a generation', '100')
    .option('--archives <number>', 'bred each round: each gives a picture a class to the fooling class', '20')
    .option('--seed <number>', 'of evolution', '1').option('--device <device>', 'auto, cpu, webgpu, cuda, dml or coreml', 'auto').option('--threads <number>', 'threads of the engine (0: one per core)', '0')
    .option('--json', 'print one JSON document on stdout')
    .requiredOption('--out <folder>', 'where loop.json and the rounds go'),
  async run({ args: [path = ''], options }, { signal, progress, print }) {
    const out = resolve(textOption(options, 'out') ?? '')
    const encoding = textOption(options, 'method') === 'direct' ? 'direct' : 'cppn'
    if (!['cppn', 'direct'].includes(textOption(options, 'method') ?? '')) throw new AppError('usage', `--method takes cppn or direct; got '${textOption(options, 'method') ?? ''}'.`)
    const text = await readFile(path, 'utf8').catch((cause: unknown) => { throw unreadable(`The recipe ${path}`, cause) })
    const recipe = parseRecipe(text, path)
    await makeFolder(out)
    await withRuntime(options, async (runtime) => {
      const archives = wholeOption(options, 'archives', 1, 10_000)
      const count = wholeOption(options, 'rounds', 1, 100)
      const generations = wholeOption(options, 'generations', 1, 100_000)
      // Before anything is computed.
      await classesOfData(recipe, signal)
      const rounds = await retrainLoop({ runtime, rounds: count, encoding, generations, population: wholeOption(options, 'population', 1, 10_000), archives, seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), signal }, {
        train: (round, learned) => {
          progress(`Round ${round} of ${count}: training${learned ? ` with ${learned.pictures.length} fooling pictures` : ''}`)
          return trainIn(runtime, join(out, `round-${round}`), recipe, learned, signal)
        },
        bred: ({ round, archive, generation }) => { if (generation === 1) progress(`Round ${round} of ${count}: breeding archive ${archive + 1} of ${archives}`); return Promise.resolve() },
        ended: ({ round, median }) => { progress(`Round ${round} of ${count}: median sureness of bred pictures ${(100 * median).toFixed(2)} %`); return Promise.resolve() },
      })
      await writeFile(join(out, 'loop.json'), `${JSON.stringify({ method: encoding, rounds }, null, 1)}\n`).catch((cause: unknown) => { throw unwritable(out, cause) })
      if (flagOption(options, 'json')) return print(JSON.stringify({ method: encoding, rounds }))
      for (const { round, score, learned, median } of rounds) print(`Round ${round}: ${(100 * (score ?? 0)).toFixed(2)} % right, ${learned} fooling pictures learned, bred pictures ${(100 * median).toFixed(2)} % sure in the median`)
    })
  },
})

async function trainIn(runtime: Runtime, path: string, recipe: Recipe, learned: FoolingPictures | undefined, signal: AbortSignal): Promise<Trained> {
  const run = new TrainingRun({ runtime, folder: new RunFolder(path), recipe: await prepareTraining(path, recipe, learned, recipe.name) })
  const stop = (): void => run.stop()
  signal.addEventListener('abort', stop, { once: true })
  await run.start()
  signal.removeEventListener('abort', stop)
  throwIfCancelled(signal)
  const summary = run.summary()
  if (run.state === 'failed') throw new AppError('run-failed', summary.error ?? 'Training failed.')
  return { path: run.folder.file('model.onnx'), score: summary.best?.score ?? 0 }
}
