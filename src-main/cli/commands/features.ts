import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { encodePng } from '#engine/images/encode.ts'
import { embedRecipe } from '#engine/images/recipe.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { pixelsOfDisplay } from '#engine/preprocessing/apply.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { objectives, optimisers, parameterisations } from '#engine/synthesis/registries.ts'
import { defaultTransforms, synthesize } from '#engine/synthesis/synthesize.ts'
import type { SynthesisRequest } from '#engine/synthesis/synthesize.ts'
import { unitsOf } from '#engine/synthesis/unit.ts'
import type { UnitRequest } from '#engine/synthesis/unit.ts'
import { version } from '../../../package.json'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import type { CliContext } from '../define-command.ts'
import { recordOf } from '../display.ts'
import { flagOption, listOption, numberOption, textOption, wholeOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

type Options = Readonly<Record<string, unknown>>

export default defineCommand({
  name: 'features',
  declare: (command) => withModelOptions(command)
    .description('What do units respond to? Pictures made to excite them, as .png with their recipe, and features.json.')
    .argument('<model>', 'ONNX file')
    .option('--unit <units>', 'LAYER:CHANNEL, comma-separated')
    .option('--layer <layer>', 'every unit of that layer; with --objective layer, the layer as a whole')
    .option('--class <classes>', 'class numbers, comma-separated')
    .option('--objective <id>', `${[...objectives.keys()].join(', ')} (classes: neuron)`, 'channel')
    .option('--negative', 'what silences it instead')
    .option('--steps <number>', 'steps of the optimiser', '256')
    .option('--parameterisation <id>', [...parameterisations.keys()].join(', '), 'fourier')
    .option('--optimiser <id>', [...optimisers.keys()].join(', '), 'adam')
    .option('--rate <rate>', "of the optimiser (default: the optimiser's own)")
    .option('--jitter <pixels>', 'largest shift between steps (default: a twentieth of the picture)')
    .option('--rotate <degrees>', 'largest turn between steps (default: 5)').option('--scale <share>', 'largest change of size between steps (default: 0.05)')
    .option('--seed <number>', 'of the first picture and the viewpoints', '0')
    .requiredOption('--out <folder>', 'where the pictures and features.json go'),
  async run({ args: [modelPath = ''], options }, context) {
    const out = textOption(options, 'out') ?? ''
    await withRuntime(options, async (runtime) => {
      const network = await openNetwork(modelPath, { runtime })
      try {
        const record = await recordOf(network, modelPath, options, context.signal)
        const display: DisplaySpace = { preprocessing: record.preprocessing }
        const features = []
        await mkdir(out, { recursive: true })
        for (const unit of requestedUnits(network, options)) features.push(await makeFeature({ runtime, network, display, modelPath, out }, unit, options, context))
        const report = { model: basename(modelPath), preprocessing: record.note, device: (await runtime.device()).inUse, features }
        await writeFile(join(out, 'features.json'), `${JSON.stringify(report, null, 1)}\n`)
        if (flagOption(options, 'json')) context.print(JSON.stringify(report))
        else context.print(`${features.length} ${features.length === 1 ? 'picture' : 'pictures'} written to ${out}.`)
      } finally {
        await network.dispose()
      }
    })
  },
})

interface Place { readonly runtime: Runtime; readonly network: Network; readonly display: DisplaySpace; readonly modelPath: string; readonly out: string }

async function makeFeature({ runtime, network, display, modelPath, out }: Place, unit: UnitRequest, options: Options, { signal, progress }: CliContext) {
  const request = requestOf(unit, display, options)
  const name = nameOf(unit)
  const startedAt = performance.now()
  const { picture, values } = await synthesize(request, {
    runtime, network, display, signal,
    onStep: (step, value) => { if (process.stderr.isTTY || step === request.steps) progress(`${name}: step ${step} of ${request.steps}, ${value.toPrecision(4)}`) },
  })
  const file = `${name.replaceAll(/[^\w.-]+/g, '_')}.png`
  const png = embedRecipe(await encodePng(pixelsOfDisplay(picture)), {
    version, kind: 'features', seed: request.seed, device: (await runtime.device()).inUse, model: { sha256: network.id, name: basename(modelPath) }, settings: { request, preprocessing: { ...display.preprocessing, labels: [] } },
  })
  await writeFile(join(out, file), png)
  return { name, file, first: values[0] ?? NaN, last: values.at(-1) ?? NaN, steps: values.length, seconds: Number(((performance.now() - startedAt) / 1000).toFixed(2)) }
}

function requestedUnits(network: Network, options: Options): readonly UnitRequest[] {
  const units = listOption(options, 'unit').map((text): UnitRequest => {
    const match = /^(.+):(\d+)$/.exec(text)
    if (!match) throw new AppError('usage', `--unit takes LAYER:CHANNEL; got '${text}'.`)
    return { kind: 'layer', layer: match[1] ?? '', unit: Number(match[2]) }
  })
  const classes = listOption(options, 'class').map((text): UnitRequest => {
    if (!/^\d+$/.test(text)) throw new AppError('usage', `--class takes class numbers; got '${text}'.`)
    return { kind: 'class', index: Number(text) }
  })
  const layer = textOption(options, 'layer')
  const whole = layer === undefined ? [] : textOption(options, 'objective') === 'layer' ? [{ kind: 'layer', layer, unit: 0 } as const] : unitsOf(network, layer)
  const all = [...units, ...classes, ...whole]
  if (all.length === 0) throw new AppError('usage', 'Say what the pictures should excite: --unit LAYER:CHANNEL, --layer LAYER or --class K.')
  return all
}

function requestOf(unit: UnitRequest, display: DisplaySpace, options: Options): SynthesisRequest {
  const usual = defaultTransforms(display)
  const id = unit.kind === 'class' ? 'neuron' : (textOption(options, 'objective') ?? 'channel')
  return {
    objectives: [{ id, weight: flagOption(options, 'negative') ? -1 : 1, unit }],
    parameterisation: textOption(options, 'parameterisation') ?? 'fourier', optimiser: textOption(options, 'optimiser') ?? 'adam', rate: numberOption(options, 'rate', 0),
    transforms: { ...usual, ...Object.fromEntries(Object.keys(usual).flatMap((key) => { const amount = numberOption(options, key, 0); return amount === undefined ? [] : [[key, amount]] })) },
    steps: wholeOption(options, 'steps', 1, 1_000_000), seed: wholeOption(options, 'seed', 0, 2 ** 31 - 1), batch: 1,
  }
}

const nameOf = (unit: UnitRequest): string => (unit.kind === 'class' ? `class-${unit.index}` : `${unit.layer}-${unit.unit}`)
