import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { parseRecipe } from '#engine/training/recipe.ts'
import { trainRecipe } from '#engine/training/train.ts'
import { defineCommand } from '../define-command.ts'

export default defineCommand({
  name: 'train',
  declare: (command) => command
    .description('Train a network from a recipe; writes model.onnx, history.json and recipe.json.')
    .requiredOption('--recipe <file>', 'the run as JSON: data, network, optimizer, seed')
    .requiredOption('--out <folder>', 'where the results go')
    .option('--threads <number>', 'threads of the engine (default: one per core)', '0')
    .option('--json', 'print the result as JSON'),
  async run({ options }, { signal, progress, print }) {
    const [file, out] = [String(options['recipe']), String(options['out'])]
    const text = await readFile(file, 'utf8').catch((error: unknown) => { throw new AppError('file-unreadable', `The recipe ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error }) })
    const recipe = parseRecipe(text, file)
    await mkdir(out, { recursive: true })
    const runtime = createRuntime({ device: 'cpu', threads: Number(options['threads']) })
    try {
      const { model, history, best } = await trainRecipe(recipe, {
        runtime, signal, onNote: progress,
        onEpoch: (epoch) => { progress(`Epoch ${epoch.epoch}: loss ${epoch.trainLoss.toFixed(4)}, validation accuracy ${(100 * epoch.accuracy).toFixed(2)} %, ${epoch.picturesPerSecond.toFixed(0)} pictures/s`) },
      })
      await writeFile(join(out, 'model.onnx'), model)
      await writeFile(join(out, 'history.json'), `${JSON.stringify(history, null, 1)}\n`)
      await writeFile(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`)
      if (options['json'] === true) print(JSON.stringify({ out, best }))
      else print(`Best: epoch ${best.epoch}, validation accuracy ${(100 * best.accuracy).toFixed(2)} %. Written to ${out}.`)
    } finally {
      await runtime.dispose()
    }
  },
})
