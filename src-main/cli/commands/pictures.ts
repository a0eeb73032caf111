import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { renderPicture } from '#engine/datasets/pictures/render.ts'
import { classNames } from '#engine/datasets/pictures/scene.ts'
import { encodePng } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'
import { defineCommand } from '../define-command.ts'

export default defineCommand({
  name: 'pictures',
  declare: (command) => command
    .description('Render pictures of the bundled generator: what the bundled model was trained on, at any size.')
    .requiredOption('--out <folder>', 'where the PNG files go')
    .option('--count <number>', 'how many; classes take turns', '24')
    .option('--size <pixels>', 'extent of each picture', '96')
    .option('--seed <number>', 'which endless set of pictures', '1')
    .option('--portrait', 'the thing large and whole, no grain: for people to look at')
    .option('--only <classes>', 'class names, comma-separated')
    .option('--json', 'print the files as JSON'),
  async run({ options }, { signal, print }) {
    const whole = (id: string, low: number, high: number): number => {
      const value = Number(options[id])
      if (!Number.isInteger(value) || value < low || value > high) throw new AppError('usage', `--${id} takes a whole number from ${low} to ${high}; got '${String(options[id])}'.`)
      return value
    }
    const [out, count, size, seed] = [String(options['out']), whole('count', 1, 1_000_000), whole('size', 16, 4096), whole('seed', 0, 2 ** 31 - 1)]
    const only = typeof options['only'] === 'string' ? options['only'].split(',').map((name) => name.trim()) : undefined
    const unknown = only?.find((name) => !classNames.includes(name))
    if (unknown !== undefined) throw new AppError('usage', `There is no class '${unknown}'. Classes: ${classNames.join(', ')}.`)
    await mkdir(out, { recursive: true })
    const files: { file: string; label: string }[] = []
    for (let index = 0; index < count; index++) {
      signal.throwIfAborted()
      const label = classNames[index % classNames.length] ?? ''
      if (only && !only.includes(label)) continue
      const { pixels } = await renderPicture(seed, index, size, { portrait: options['portrait'] === true })
      const file = join(out, `${label.replaceAll(/[^a-z]+/g, '-')}-${String(index).padStart(5, '0')}.png`)
      await writeFile(file, await encodePng(pixelsOf(size, size, pixels)))
      files.push({ file, label })
    }
    print(options['json'] === true ? JSON.stringify(files) : `${files.length} pictures written to ${out}.`)
  },
})
