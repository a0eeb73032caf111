import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { FeaturesSettings } from '#contract/features.ts'
import type { FeatureTarget, ObjectiveTerm } from '#contract/features.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { SynthesisItem } from '#contract/synthesis.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { find, objectives, optimisers, parameterisations, transforms } from '#engine/synthesis/registries.ts'
import { unitCount } from '#engine/synthesis/unit.ts'
import { shapeOf, usualTransforms } from '#engine/synthesis/usual.ts'
import { tensorOf } from '#engine/synthesis/work-picture.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, numberOption, textOption, wholeOption } from '../parse.ts'
import { withWorkshop } from '../run-work.ts'
import type { OpenedFile } from '../run-work.ts'

type Options = Readonly<Record<string, unknown>>

const idsOf = (about: 'layer' | 'class' | 'picture'): string => [...objectives.values()].filter((objective) => objective.about === about).map(({ id }) => id).join(', ')

export default defineCommand({
  name: 'features',
  declare: (command) => {
    const declared = withModelOptions(command)
      .description('What do units respond to? Pictures made to excite them, as .png with their recipe, and features.json.')
      .argument('<model>', 'ONNX file')
      .option('--unit <units>', 'LAYER:CHANNEL, comma-separated; LAYER:CHANNEL-CHANNEL with --objective interpolation')
      .option('--mix <units>', 'LAYER:CHANNEL*WEIGHT, comma-separated: one picture of their sum; below 0 for as little as can be of it')
      .option('--layer <layer>', 'every unit of that layer; with an objective about layers, the layer as a whole')
      .option('--class <classes>', 'class numbers, comma-separated')
      .option('--objective <id>', `of layers: ${idsOf('layer')}; of classes: ${idsOf('class')} (default: channel, logit)`)
      .option('--picture <file>', 'of inversion and caricature').option('--power <number>', 'of the cosine in direction and caricature')
      .option('--direction <file.json>', 'a JSON list of one number a channel, for --objective direction with --layer')
      .option('--position <row,column>', 'of a neuron (default: the middle)')
      .option('--negative', 'what silences it instead')
      .option('--also <terms>', `what holds the pictures back, with weights in sizes of what is excited, such as diversity:1,total-variation:0.5; of the picture, in place of the usual ones: ${idsOf('picture')}`)
      .option('--steps <number>', 'steps of the optimiser', '256').option('--batch <number>', 'pictures made side by side', '1')
      .option('--size <side>', "pixels, or 'field': as much as one unit sees (default: the model's own)").option('--alpha', 'transparent where nothing depends on it')
      .option('--parameterisation <id>', [...parameterisations.keys()].join(', '), 'fourier')
      .option('--optimiser <id>', [...optimisers.keys()].join(', '), 'adam')
      .option('--rate <rate>', "of the optimiser (default: the optimiser's own)")
      .option('--seed <number>', 'of the first picture and the viewpoints', '0')
      .option('--npy', 'unrounded pictures as well, [C, H, W] in 0..1')
      .requiredOption('--out <folder>', 'where the pictures and features.json go')
    for (const { id, title, unit } of transforms.values()) declared.option(`--${id} <${unit === '°' ? 'degrees' : unit}>`, `transform: ${title.toLowerCase()} between steps; 0: none`)
    return declared
  },
  async run({ args: [modelPath = ''], options }, context) {
    const out = textOption(options, 'out') ?? ''
    await withWorkshop(options, context, async (workshop) => {
      const opened = await workshop.openModel(modelPath)
      const picturePath = textOption(options, 'picture')
      const settings = await settingsOf(opened, options, picturePath === undefined ? undefined : await workshop.openPicture(picturePath))
      await makeFolder(out)
      const made: (SynthesisItem & { file: string })[] = []
      const { seconds } = await workshop.run({ kind: 'features', model: opened.reference, seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), settings, preprocessing: { ...opened.record.preprocessing, labels: [] } }, async ({ item, bytes, values }) => {
        const file = `${item.name.replaceAll(/[^\w.-]+/g, '_')}.png`
        await writeFile(join(out, file), bytes)
        if (values && flagOption(options, 'npy')) { const { dims, data } = tensorOf(values); await writeFile(join(out, file.replace(/png$/, 'npy')), float32Npy(dims.slice(1), data)) }
        made.push({ ...item, file })
        if (settings.targets.length > 1) context.progress(`${item.title}: ${made.length} of ${settings.targets.length * settings.batch}`)
      })
      const report = {
        model: basename(modelPath), preprocessing: opened.record.note, device: (await workshop.runtime.device()).inUse, seconds: Number(seconds.toFixed(2)),
        features: made.map(({ name, title, file, facts }) => ({ name, title, file, ...facts })),
      }
      await writeFile(join(out, 'features.json'), `${JSON.stringify(report, null, 1)}\n`)
      if (flagOption(options, 'json')) context.print(JSON.stringify(report))
      else context.print(`${made.length} ${made.length === 1 ? 'picture' : 'pictures'} written to ${out}.`)
    })
  },
})

async function settingsOf(opened: OpenedFile, options: Options, picture: FileReference | undefined): Promise<FeaturesSettings> {
  const rate = numberOption(options, 'rate', 0)
  const size = textOption(options, 'size')
  const asked = Object.fromEntries([...transforms.keys()].flatMap((id) => { const amount = numberOption(options, id, 0); return amount === undefined ? [] : [[id, amount]] }))
  const side = size === undefined || size === 'field' ? undefined : wholeOption(options, 'size', 8, 4096)
  return FeaturesSettings.parse({
    targets: await targetsOf(opened, options, picture), parameterisation: textOption(options, 'parameterisation'), optimiser: textOption(options, 'optimiser'), ...(rate === undefined ? {} : { rate }),
    ...(Object.keys(asked).length === 0 ? {} : { transforms: { ...usualTransforms(shapeOf({ preprocessing: opened.record.preprocessing }, { size: side, alpha: false, batch: 1 }, [])), ...asked } }),
    ...(listOption(options, 'also').some((term) => objectives.get(term.split(':')[0] ?? '')?.about === 'picture') ? { penalties: [] } : {}), steps: wholeOption(options, 'steps', 1, 100_000), batch: wholeOption(options, 'batch', 1, 64), ...(size === undefined ? {} : { size: side ?? 'field' }), alpha: flagOption(options, 'alpha'),
  })
}

async function targetsOf({ network, record }: OpenedFile, options: Options, picture: FileReference | undefined): Promise<FeatureTarget[]> {
  const named = textOption(options, 'objective')
  if (named !== undefined) find(objectives, named, 'objective')
  const layer = textOption(options, 'layer')
  const weight = flagOption(options, 'negative') ? -1 : 1
  const power = numberOption(options, 'power', 0)
  const position = positionOf(options)
  const direction = await directionOf(options)
  const common = { weight, ...(power === undefined ? {} : { power }), ...(position ? { position } : {}), ...(picture ? { picture } : {}), ...(direction ? { direction } : {}) }
  const target = (name: string, title: string, term: ObjectiveTerm): FeatureTarget => ({ name, title, terms: [term, ...alsoOf(options, term)] })

  const units = listOption(options, 'unit').map((text) => {
    const match = /^(.+):(\d+)(?:-(\d+))?$/.exec(text)
    if (!match) throw new AppError('usage', `--unit takes LAYER:CHANNEL; got '${text}'.`)
    const [, of = '', unit = '', towards] = match
    return target(`${of}-${unit}`, `${of}, unit ${unit}`, { ...common, id: named ?? (towards === undefined ? 'channel' : 'interpolation'), layer: of, unit: Number(unit), ...(towards === undefined ? {} : { towards: Number(towards) }) })
  })
  const classes = listOption(options, 'class').map((text) => {
    if (!/^\d+$/.test(text)) throw new AppError('usage', `--class takes class numbers; got '${text}'.`)
    const about = named !== undefined && objectives.get(named)?.about === 'class' ? named : 'logit'
    return target(`class-${text}`, record.preprocessing.labels[Number(text)] ?? `class ${text}`, { ...common, id: about, class: Number(text) })
  })
  const mixed = listOption(options, 'mix').map((text): ObjectiveTerm => {
    const match = /^(.+):(\d+)(?:\*(-?\d*\.?\d+))?$/.exec(text)
    if (!match) throw new AppError('usage', `--mix takes LAYER:CHANNEL*WEIGHT; got '${text}'.`)
    return { ...common, id: 'channel', layer: match[1] ?? '', unit: Number(match[2]), weight: weight * Number(match[3] ?? 1) }
  })
  const [first, ...others] = mixed
  const mixtures = first === undefined ? [] : [{ name: 'mixture', title: listOption(options, 'mix').join(' + '), terms: [first, ...others, ...alsoOf(options, first)] }]
  const wholes = layer === undefined ? [] : objectives.get(named ?? 'channel')?.selects === 'unit'
    ? Array.from({ length: unitCount(network, layer).units }, (_, unit) => target(`${layer}-${unit}`, `${layer}, unit ${unit}`, { ...common, id: named ?? 'channel', layer, unit }))
    : [target(`${layer}-${named ?? ''}`, `${layer}, ${named ?? ''}`, { ...common, id: named ?? 'layer', layer })]
  const all = [...units, ...classes, ...mixtures, ...wholes]
  if (all.length === 0) throw new AppError('usage', 'Say what the pictures should excite: --unit LAYER:CHANNEL, --mix LAYER:CHANNEL*WEIGHT,…, --layer LAYER or --class K.')
  return all
}

/** NAME:WEIGHT; terms about layers are about the first term's. */
function alsoOf(options: Options, { layer }: ObjectiveTerm): ObjectiveTerm[] {
  return listOption(options, 'also').map((text) => {
    const [id = '', weight = '1'] = text.split(':')
    const { restrains = false } = find(objectives, id, 'objective')
    if (weight.trim() === '' || !Number.isFinite(Number(weight))) throw new AppError('usage', `--also takes NAME:WEIGHT; got '${text}'.`)
    return { id, weight: Number(weight), ...(restrains ? { relative: true } : {}), ...(layer === undefined ? {} : { layer }) }
  })
}

function positionOf(options: Options): [number, number] | undefined {
  const text = textOption(options, 'position')
  const match = /^(\d+),(\d+)$/.exec(text ?? '')
  if (text !== undefined && !match) throw new AppError('usage', `--position takes ROW,COLUMN; got '${text}'.`)
  return match ? [Number(match[1]), Number(match[2])] : undefined
}

async function directionOf(options: Options): Promise<number[] | undefined> {
  const path = textOption(options, 'direction')
  if (path === undefined) return undefined
  const numbers: unknown = await readFile(path, 'utf8').then(JSON.parse).catch((cause: unknown) => { throw new AppError('file-unreadable', `${path} is no JSON list of numbers: ${(cause as Error).message}`, { cause }) })
  if (!Array.isArray(numbers) || !numbers.every((each): each is number => typeof each === 'number')) throw new AppError('file-unreadable', `${path} is no JSON list of numbers.`)
  return numbers
}
