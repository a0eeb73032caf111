import { readFile, writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { DreamSettings } from '#contract/dream.ts'
import type { DreamTarget } from '#contract/dream.ts'
import { AppError } from '#contract/errors.ts'
import type { SynthesisItem } from '#contract/synthesis.ts'
import { countFrames } from '#engine/images/animation.ts'
import { makeRoomFor } from '#engine/lib/make-folder.ts'
import { unreadable, unwritable } from '#engine/lib/write-file.ts'
import { suggestedTargets, usualDream } from '#engine/synthesis/dream/suggest-layer.ts'
import { checkSettings, findWork } from '#engine/synthesis/work-registry.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, numberOption, textOption, wholeOption } from '../parse.ts'
import { withWorkshop } from '../run-work.ts'

type Options = Readonly<Record<string, unknown>>

export default defineCommand({
  name: 'dream',
  declare: (command) => withModelOptions(command)
    .description('Deep dream: a picture, or an animated GIF or WebP, moved to show what layers see in it. PNGs carry their recipe.')
    .argument('<model>', 'ONNX file')
    .argument('<picture>', 'picture or animation')
    .option('--layer <layers>', "LAYER[=WEIGHT], comma-separated; LAYER:3+7 for its channels 3 and 7, LAYER:strongest5 or LAYER:weakest5 (default: the model's suggested layer)")
    .option('--octaves <number>', 'sizes at which it dreams (default: what is usual for the model, as for steps, jitter, smoothing, pyramid and the three shares)').option('--scale <factor>', 'of an octave over the one before', '1.4')
    .option('--steps <number>', 'in every octave').option('--step-size <size>', 'mean change of a pixel in a step, of 255', '1.5')
    .option('--jitter <pixels>', 'largest shift between steps')
    .option('--size <pixels>', 'longer side that the picture is brought to first (default: as it is)')
    .option('--smoothing <pixels>', 'Gaussian over the gradient').option('--pyramid <levels>', 'Laplacian levels brought to equal strength')
    .option('--balance <share>', 'channels of the layer count alike').option('--evenness <share>', 'all parts of the picture dream alike').option('--natural <share>', 'moves along the colors of natural pictures')
    .option('--guide <picture>', 'dreams of what the layer sees in this one').option('--mask <picture>', 'where to dream: white dreams, black stays')
    .option('--original-colors', 'only the brightness dreams')
    .option('--tile <pixels>', 'side of what is computed at once (default: by memory)')
    .option('--zoom <frames>', 'a film that dreams its way into the picture').option('--zoom-share <share>', 'by how much each frame is larger', '0.05').option('--zoom-steps <number>', 'in every octave of later frames', '4')
    .option('--carry <share>', "of animations: how much of a frame's dream the next begins with", '0')
    .option('--seed <number>', 'of the shifts', '0')
    .requiredOption('--out <file>', '.png; of films .gif, .webp, or .png for the last frame'),
  async run({ args: [modelPath = '', picturePath = ''], options }, context) {
    const out = textOption(options, 'out') ?? ''
    await withWorkshop(options, context, async (workshop) => {
      const { reference: model, network, record } = await workshop.openModel(modelPath)
      const picture = await workshop.openPicture(picturePath)
      const zoom = numberOption(options, 'zoom', 2, 2000)
      const isFilm = zoom !== undefined || await countFrames(await readFile(picturePath), picture.name) > 1
      const wanted = outputOf(out, isFilm)
      await makeRoomFor(out)
      const targets = targetsOf(options) ?? [...suggestedTargets(network)]
      const guide = textOption(options, 'guide')
      const mask = textOption(options, 'mask')
      // Checked once more, by name, so that a number out of range is told before anything is opened.
      const settings = checkSettings(findWork('dream'), {
        ...usualDream(record), ...given({ octaves: numberOption(options, 'octaves', 1), steps: numberOption(options, 'steps', 1), jitter: numberOption(options, 'jitter', 0), smoothing: numberOption(options, 'smoothing', 0), pyramid: numberOption(options, 'pyramid', 0), balance: numberOption(options, 'balance', 0), evenness: numberOption(options, 'evenness', 0), natural: numberOption(options, 'natural', 0) }),
        picture, targets, scale: numberOption(options, 'scale', 1), stepSize: numberOption(options, 'stepSize', 0),
        size: numberOption(options, 'size', 1), tile: numberOption(options, 'tile', 1), carry: numberOption(options, 'carry', 0),
        ...(guide === undefined ? {} : { guide: await workshop.openPicture(guide) }), ...(mask === undefined ? {} : { mask: await maskOf(mask) }),
        originalColors: flagOption(options, 'originalColors'),
        ...(zoom === undefined ? {} : { zoom: { frames: zoom, share: numberOption(options, 'zoomShare', 0), steps: numberOption(options, 'zoomSteps', 1) } }),
        formats: wanted.format === 'gif' ? ['gif'] : ['webp'],
      }) as DreamSettings
      let written: SynthesisItem | undefined
      const facts: Record<string, unknown> = {}
      const { seconds, peakBytes } = await workshop.run({ kind: 'dream', model, seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), settings, preprocessing: { ...record.preprocessing, labels: [] } }, async ({ item, bytes }) => {
        if (item.name === 'dream') Object.assign(facts, item.facts)
        if (item.name !== wanted.item) return
        await writeFile(out, bytes).catch((cause: unknown) => { throw unwritable(out, cause) })
        written = item
      })
      if (!written) throw new AppError('run-failed', 'The dream made no picture.')
      const report = { model: model.name, picture: picture.name, out, device: (await workshop.runtime.device()).inUse, seconds: Number(seconds.toFixed(2)), peakMegabytes: Math.round(peakBytes / 1e6), ...facts, ...written.facts }
      if (flagOption(options, 'json')) context.print(JSON.stringify(report))
      else context.print(`${out} was dreamt of ${targets.map(({ layer }) => layer).join(', ')} in ${report.seconds} s.`)
    })
  },
})

/** Without what was left out. */
const given = (values: Readonly<Record<string, number | undefined>>): Record<string, number> => Object.fromEntries(Object.entries(values).flatMap(([id, value]) => (value === undefined ? [] : [[id, value]])))

/** Throws 'usage' for a file that cannot hold what is made. */
function outputOf(out: string, isFilm: boolean): { readonly item: string; readonly format: 'png' | 'gif' | 'webp' } {
  const extension = extname(out).toLowerCase()
  if (extension === '.png') return { item: 'dream', format: 'png' }
  if (extension !== '.gif' && extension !== '.webp') throw new AppError('usage', `--out takes a .png${isFilm ? ', .gif or .webp' : ''} file; got '${out}'. MP4 and WebM are made in the application.`)
  if (!isFilm) throw new AppError('usage', `--out takes a .png file for a single picture; got '${out}'. With --zoom FRAMES it becomes a film.`)
  return extension === '.gif' ? { item: 'film-gif', format: 'gif' } : { item: 'film', format: 'webp' }
}

/** 'inception_4c/output=2,conv2:3+7'; undefined where nothing is said. Throws 'usage'. */
function targetsOf(options: Options): DreamTarget[] | undefined {
  const targets = listOption(options, 'layer').map((text): DreamTarget => {
    const [, named = '', weight] = /^(.+?)(?:=(-?\d*\.?\d+))?$/.exec(text) ?? []
    const [, layer = named, channels] = /^(.+):(\d+(?:\+\d+)*|strongest\d+|weakest\d+)$/.exec(named) ?? []
    return { layer, weight: weight === undefined ? 1 : Number(weight), ...(channels === undefined ? {} : { channels: channelsOf(channels) }) }
  })
  return targets.length === 0 ? undefined : targets
}

function channelsOf(text: string): NonNullable<DreamTarget['channels']> {
  const [, kind, count] = /^(strongest|weakest)(\d+)$/.exec(text) ?? []
  if (kind === 'strongest' || kind === 'weakest') return { kind, count: Number(count) }
  return { kind: 'some', of: text.split('+').map((channel) => ({ channel: Number(channel), weight: 1 })) }
}

async function maskOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => { throw unreadable(`The mask ${path}`, cause) })
  return bytes.toString('base64')
}
