import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createHash } from 'node:crypto'
import type { Target } from '#contract/explain.ts'
import { AppError } from '#contract/errors.ts'
import { explain } from '#engine/attribution/explain.ts'
import { attributionMethods, findMethod } from '#engine/attribution/registry.ts'
import { resolveTarget } from '#engine/attribution/target.ts'
import { encodePng } from '#engine/images/encode.ts'
import { overlayHeatMap } from '#engine/images/overlay.ts'
import { embedRecipe } from '#engine/images/recipe.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { topPredictions } from '#engine/activations/predictions.ts'
import { version } from '../../../package.json'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, textOption, wholeOption } from '../parse.ts'
import { openPicture } from '../picture.ts'
import { withRuntime } from '../with-runtime.ts'

const overlayOpacity = 0.85

export default defineCommand({
  name: 'explain',
  declare: (command) => withModelOptions(command)
    .description('Why this answer? Attribution maps of a picture, as overlays (.png) and numbers (.npy).')
    .argument('<model>', 'ONNX file').argument('<image>', 'picture')
    .requiredOption('--method <methods>', `comma-separated: ${[...attributionMethods.keys()].join(', ')}; or all; METHOD:option=value sets an option`)
    .option('--target <target>', 'top1, top2, …, a class number, K-L (class K rather than L), or LAYER:UNIT', 'top1')
    .option('--layer <layer>', 'layer of the layer methods (default: suggested)')
    .option('--seed <number>', 'seed of the methods that draw random numbers', '0')
    .requiredOption('--out <folder>', 'where <method>.png, <method>.npy and explain.json go'),
  async run({ args: [modelPath = '', imagePath = ''], options }, { signal, progress, print }) {
    const requests = listOption(options, 'method').flatMap((text) => (text === 'all' ? [...attributionMethods.keys()] : [text])).map(parseMethod)
    if (requests.length === 0) throw new AppError('usage', '--method names nothing.')
    const seed = wholeOption(options, 'seed', 0, 2 ** 31 - 1)
    const out = textOption(options, 'out') ?? ''
    await withRuntime(options, async (runtime) => {
      const network = await openNetwork(modelPath, { runtime })
      try {
        const picture = await openPicture(network, modelPath, imagePath, options)
        const { record: { preprocessing, note }, space, display } = picture
        const scores = preprocessing.outputTensor ?? network.outputs[0] ?? ''
        const values = (await network.forward(picture.inputs, [scores], { signal }))[scores]
        const top5 = values && preprocessing.output !== 'none' ? topPredictions(values.data as Float32Array, preprocessing) : []
        const target = await resolveTarget(network, space, display, parseTarget(textOption(options, 'target') ?? 'top1'), { signal })
        await makeFolder(out)
        const methods = []
        for (const { method, options: chosen } of requests) {
          const layer = textOption(options, 'layer')
          const takesLayer = findMethod(method).options.some((option) => option.type === 'layer')
          const settings = takesLayer && layer !== undefined ? { layer, ...chosen } : chosen
          const result = await explain({ network, display: space, picture: display, target, method, options: settings, seed, signal, onProgress: (fraction, doing) => { if (fraction > 0 && process.stderr.isTTY) progress(`${doing} (${Math.round(100 * fraction)} %)`) } })
          const [height = 1, width = 1] = result.map.dims
          const png = await encodePng(overlayHeatMap(picture.fitted, { width, height, values: result.map.data, signed: result.signed }, overlayOpacity))
          await writeFile(join(out, `${method}.png`), embedRecipe(png, {
            version, kind: 'explain', seed, device: (await runtime.device()).inUse,
            model: { sha256: network.id, name: network.summary.name }, picture: { sha256: createHash('sha256').update(picture.bytes).digest('hex'), name: basename(imagePath) },
            settings: { method, options: settings, target: textOption(options, 'target'), preprocessing, opacity: overlayOpacity },
          }))
          await writeFile(join(out, `${method}.npy`), float32Npy([height, width], result.map.data))
          methods.push({ method, ...(result.layer === undefined ? {} : { layer: result.layer }), ms: Math.round(result.ms), signed: result.signed, ...result.facts })
        }
        const report = {
          model: basename(modelPath), image: basename(imagePath), target: { index: target.index, label: target.label },
          top5: top5.map(({ index, label, probability }) => ({ index, label, probability })), methods, preprocessing: note, device: (await runtime.device()).inUse,
        }
        await writeFile(join(out, 'explain.json'), `${JSON.stringify(report, null, 1)}\n`)
        if (flagOption(options, 'json')) return print(JSON.stringify(report))
        print(note)
        for (const { label, probability } of top5) print(`${(100 * probability).toFixed(2).padStart(6)} %  ${label}`)
        print(`Explained '${target.label}' by ${methods.map(({ method }) => method).join(', ')}; written to ${out}.`)
      } finally {
        await network.dispose()
      }
    })
  },
})

/** METHOD, or METHOD:option=value:option=value. */
function parseMethod(text: string): { method: string; options: Record<string, number | string> } {
  const [method = '', ...settings] = text.split(':')
  findMethod(method)
  return {
    method,
    options: Object.fromEntries(settings.map((setting) => {
      const [id = '', value = ''] = setting.split('=')
      if (id === '' || value === '') throw new AppError('usage', `--method ${text}: '${setting}' is not option=value.`)
      return [id, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value]
    })),
  }
}

function parseTarget(text: string): Target {
  const top = /^top(\d+)$/.exec(text)
  if (top) return { kind: 'top', rank: Math.max(1, Number(top[1])) }
  if (/^\d+$/.test(text)) return { kind: 'class', index: Number(text) }
  const difference = /^(\d+)-(\d+)$/.exec(text)
  if (difference) return { kind: 'difference', index: Number(difference[1]), against: Number(difference[2]) }
  const unit = /^(.+):(\d+)$/.exec(text)
  if (unit) return { kind: 'unit', layer: unit[1] ?? '', unit: Number(unit[2]) }
  throw new AppError('usage', `--target takes top1, a class number, K-L, or LAYER:UNIT; got '${text}'.`)
}
