import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeIssues } from '#contract/describe-issues.ts'
import { AppError } from '#contract/errors.ts'
import { StyleSettings } from '#contract/style.ts'
import type { StyleLayer } from '#contract/style.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { encodeThumbnail } from '#engine/images/encode.ts'
import { encodeTiff16 } from '#engine/images/tiff.ts'
import { makeFolder, makeRoomFor } from '#engine/lib/make-folder.ts'
import { unreadable, unwritable } from '#engine/lib/write-file.ts'
import { planStages } from '#engine/synthesis/style/plan-stages.ts'
import { tensorOf } from '#engine/synthesis/work-picture.ts'
import type { MadeItem } from '#engine/synthesis/work-run.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, numberOption, textOption, wholeOption } from '../parse.ts'
import { withWorkshop } from '../run-work.ts'
import type { Workshop } from '../run-work.ts'

type Options = Readonly<Record<string, unknown>>

const pictureFile = /\.(jpe?g|png|webp|gif|tiff?|avif|bmp)$/i
const tiff = /\.tiff?$/i
/** A brush is not finer. */
const maskSide = 512

export default defineCommand({
  name: 'style',
  declare: (command) => withModelOptions(command)
    .description('A picture in the manner of others: by optimisation through any network (Gatys et al. 2016), or with --feed-forward by a network trained for it.')
    .argument('<model>', 'ONNX file').argument('<content>', 'picture; with --feed-forward also a folder of pictures').argument('[styles]', 'pictures, comma-separated')
    .option('--feed-forward', 'the model itself makes the picture')
    .option('--size <pixels>', 'longer side of the result (default: 512; with --feed-forward the picture’s own)')
    .option('--scales <number>', 'sizes on the way there, each twice the one before', '1').option('--steps <number>', 'at the first size; half as many at each that follows', '200')
    .option('--weights <numbers>', 'of the styles, comma-separated').option('--masks <files>', 'gray pictures, white where each style paints, comma-separated; - for what the others leave')
    .option('--style-scale <share>', 'longer side of the styles’ pictures over the result’s', '1')
    .option('--style-layers <layers>', 'LAYER or LAYER:WEIGHT, comma-separated (default: suggested)').option('--content-layers <layers>', 'LAYER or LAYER:WEIGHT, comma-separated; none for no content (default: suggested)')
    .option('--statistic <id>', 'gram or wasserstein', 'gram').option('--optimiser <id>', 'lbfgs or adam', 'lbfgs').option('--rate <rate>', "of the optimiser (default: the optimiser's own)")
    .option('--content-weight <weight>', 'how much the content counts').option('--style-weight <weight>', 'how much the styles count').option('--smoothness <weight>', 'how much neighbours should be alike')
    .option('--init <what>', 'content, noise, or a picture to begin with', 'content').option('--color <whose>', 'style; luminance or histogram: the content’s colors are kept', 'style')
    .option('--memory <megabytes>', 'ceiling; larger pictures are made in tiles (default: 4096)')
    .option('--seed <number>', 'of the noise', '0')
    .requiredOption('--out <file>', '.png with its recipe, or .tif of 16 bits a channel with the sRGB profile; a folder for a folder'),
  async run({ args: [modelPath = '', contentPath = '', styles = ''], options }, context) {
    const out = textOption(options, 'out') ?? ''
    await withWorkshop(options, context, async (workshop) => {
      const model = await workshop.openModel(modelPath)
      const many = await stat(contentPath).then((found) => found.isDirectory(), () => false)
      const settings = flagOption(options, 'feedForward') ? await feedForwardSettings(workshop, contentPath, many, options) : await optimiseSettings(workshop, contentPath, styles, options)
      if (many) await makeFolder(out)
      else if (!/\.png$/i.test(out) && !tiff.test(out)) throw new AppError('usage', `--out takes a .png or .tif file; got '${out}'.`)
      else await makeRoomFor(out)
      const files: string[] = []
      const facts: unknown[] = []
      const recipe = { kind: 'style' as const, model: model.reference, seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), settings: checked(settings), preprocessing: { ...model.record.preprocessing, labels: [] } }
      const { seconds, peakBytes } = await workshop.run(recipe, async (made) => {
        const file = many ? join(out, `${made.item.name}.png`) : out
        files.push(file)
        facts.push(made.item.facts)
        await save(file, made)
      })
      const report = { model: basename(modelPath), preprocessing: model.record.note, files, facts, seconds: Number(seconds.toFixed(2)), peakMb: Math.round(peakBytes / 2 ** 20), device: (await workshop.runtime.device()).inUse }
      if (flagOption(options, 'json')) context.print(JSON.stringify(report))
      else context.print(`${files.length === 1 ? (files[0] ?? '') : `${files.length} pictures in ${out}`}: made in ${report.seconds} s.`)
    })
  },
})

async function save(file: string, { bytes, values }: MadeItem): Promise<void> {
  const content = tiff.test(file) && values ? await encodeTiff16(tensorOf(values)) : bytes
  await writeFile(file, content).catch((cause: unknown) => { throw unwritable(file, cause) })
}

function checked(settings: unknown): StyleSettings {
  const parsed = StyleSettings.safeParse(settings)
  if (parsed.success) return parsed.data
  throw new AppError('usage', `The settings of the style are not right: ${describeIssues(parsed.error, settings)}.`)
}

async function feedForwardSettings(workshop: Workshop, contentPath: string, many: boolean, options: Options): Promise<unknown> {
  const names = many ? (await readdir(contentPath)).filter((name) => pictureFile.test(name)).sort() : []
  if (many && names.length === 0) throw new AppError('file-missing', `There are no pictures in ${contentPath}.`)
  const contents: FileReference[] = []
  for (const path of many ? names.map((name) => join(contentPath, name)) : [contentPath]) contents.push(await workshop.openPicture(path))
  return { method: 'feed-forward', contents, ...sizeOf(options), ...memoryOf(options) }
}

async function optimiseSettings(workshop: Workshop, contentPath: string, stylePaths: string, options: Options): Promise<unknown> {
  const paths = stylePaths.split(',').map((path) => path.trim()).filter((path) => path !== '')
  if (paths.length === 0) throw new AppError('usage', 'Name at least one picture whose style is taken, behind the content; or say --feed-forward for a network that makes the picture itself.')
  const [weights, masks] = [listOption(options, 'weights').map(Number), listOption(options, 'masks')]
  for (const [name, list] of [['weights', weights], ['masks', masks]] as const)
    if (list.length > 0 && list.length !== paths.length) throw new AppError('usage', `--${name} takes as many as there are styles, ${paths.length}; got ${list.length}.`)
  const styles: unknown[] = []
  for (const [index, path] of paths.entries()) {
    const mask = masks[index]
    styles.push({ picture: await workshop.openPicture(path), scale: numberOption(options, 'styleScale', 0.05, 8), ...(weights[index] === undefined ? {} : { weight: weights[index] }), ...(mask === undefined || mask === '-' ? {} : { mask: await readMask(mask) }) })
  }
  const init = textOption(options, 'init') ?? 'content'
  const begin = init === 'content' || init === 'noise' ? { initial: init } : { initial: 'picture', initialPicture: await workshop.openPicture(init) }
  const number = (id: string): Record<string, number> => { const value = numberOption(options, id, 0); return value === undefined ? {} : { [id]: value } }
  const layers = (id: string): Record<string, StyleLayer[]> => (textOption(options, id) === undefined ? {} : { [id]: listOption(options, id).filter((layer) => layer !== 'none').map(parseLayer) })
  return {
    method: 'optimise', content: await workshop.openPicture(contentPath), styles, ...begin, ...layers('styleLayers'), ...layers('contentLayers'),
    statistic: textOption(options, 'statistic'), optimiser: textOption(options, 'optimiser'), color: textOption(options, 'color'),
    ...number('rate'), ...number('contentWeight'), ...number('styleWeight'), ...number('smoothness'), ...memoryOf(options),
    stages: planStages(sizeOf(options).size ?? 512, wholeOption(options, 'scales', 1, 8), wholeOption(options, 'steps', 1, 100_000)),
  }
}

const sizeOf = (options: Options): { readonly size?: number } => (textOption(options, 'size') === undefined ? {} : { size: wholeOption(options, 'size', 16, 32_768) })

function memoryOf(options: Options): { readonly memoryBytes?: number } {
  const megabytes = numberOption(options, 'memory', 256)
  return megabytes === undefined ? {} : { memoryBytes: megabytes * 2 ** 20 }
}

/** A colon may be part of a layer's name: what follows the last one is a weight only where it is a number. */
function parseLayer(text: string): StyleLayer {
  const match = /^(.+):(\d*\.?\d+)$/.exec(text)
  return match ? { layer: match[1] ?? text, weight: Number(match[2]) } : { layer: text, weight: 1 }
}

async function readMask(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => { throw unreadable(`The mask ${path}`, cause) })
  return Buffer.from(await encodeThumbnail(await decodePicture(bytes, basename(path)), maskSide)).toString('base64')
}
