import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { renderPicture } from '#engine/datasets/pictures/render.ts'
import { classNames } from '#engine/datasets/pictures/scene.ts'
import { encodePng } from '#engine/images/encode.ts'
import { pixelsOf } from '#engine/images/pixels.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, textOption, wholeOption } from '../parse.ts'

export default defineCommand({
  name: 'pictures',
  declare: (command) => command
    .description('Render pictures of the bundled generator: what the bundled model was trained on, at any size.')
    .requiredOption('--out <folder>', 'where the PNG files go')
    .option('--count <number>', 'how many; classes take turns', '24')
    .option('--size <pixels>', 'extent of each picture', '96')
    .option('--seed <number>', 'which endless set of pictures', '1')
    .option('--portrait', 'the thing large and whole, no grain: for people to look at')
    .option('--indices <numbers>', 'just these pictures of the set, comma-separated, in place of --count')
    .option('--json', 'print the files as JSON'),
  async run({ options }, { signal, print }) {
    const [out, size, seed] = [textOption(options, 'out') ?? '', wholeOption(options, 'size', 16, 4096), wholeOption(options, 'seed', 0, 2 ** 31 - 1)]
    const chosen = listOption(options, 'indices').map(Number)
    if (chosen.some((index) => !Number.isSafeInteger(index) || index < 0)) throw new AppError('usage', `--indices takes whole numbers from 0; got '${textOption(options, 'indices') ?? ''}'.`)
    const indices = chosen.length > 0 ? chosen : Array.from({ length: wholeOption(options, 'count', 1, 1_000_000) }, (_, index) => index)
    await makeFolder(out)
    const files: { file: string; label: string }[] = []
    for (const index of indices) {
      signal.throwIfAborted()
      const label = classNames[index % classNames.length] ?? ''
      const { pixels } = await renderPicture(seed, index, size, { portrait: flagOption(options, 'portrait') })
      const file = join(out, `${label.replaceAll(/[^a-z]+/g, '-')}-${String(index).padStart(5, '0')}.png`)
      await writeFile(file, await encodePng(pixelsOf(size, size, pixels)))
      files.push({ file, label })
    }
    print(flagOption(options, 'json') ? JSON.stringify(files) : `${files.length} pictures written to ${out}.`)
  },
})
