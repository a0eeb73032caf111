import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { retrainWithFooling } from '#engine/fooling/retrain.ts'
import { unwritable } from '#engine/lib/write-file.ts'
import { parseRecipe } from '#engine/training/recipe.ts'
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
    const text = await readFile(path, 'utf8').catch((cause: unknown) => { throw new AppError('file-missing', `The recipe ${path} cannot be read: ${(cause as Error).message}`, { cause }) })
    const recipe = parseRecipe(text, path)
    await mkdir(out, { recursive: true }).catch((cause: unknown) => { throw unwritable(out, cause) })
    await withRuntime(options, async (runtime) => {
      const rounds = await retrainWithFooling({
        runtime, recipe, folderOf: (round) => join(out, `round-${round + 1}`), rounds: wholeOption(options, 'rounds', 1, 100), encoding, generations: wholeOption(options, 'generations', 1, 100_000),
        population: wholeOption(options, 'population', 1, 10_000), archives: wholeOption(options, 'archives', 1, 10_000), seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), signal, onNote: progress,
      })
      await writeFile(join(out, 'loop.json'), `${JSON.stringify({ method: encoding, rounds }, null, 1)}\n`).catch((cause: unknown) => { throw unwritable(out, cause) })
      if (flagOption(options, 'json')) return print(JSON.stringify({ method: encoding, rounds }))
      for (const { round, score, learned, median } of rounds) print(`Round ${round}: ${(100 * score).toFixed(2)} % right, ${learned} fooling pictures learned, bred pictures ${(100 * median).toFixed(2)} % sure in the median`)
    })
  },
})
