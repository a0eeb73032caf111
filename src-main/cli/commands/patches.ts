import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { ProjectionMethod } from '#contract/patches.ts'
import { encodePng } from '#engine/images/encode.ts'
import { sideBySide } from '#engine/images/overlay.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { findLayer } from '#engine/network/find-layer.ts'
import { boxOf, patchOf, projectionOf } from '#engine/patches/patch-picture.ts'
import { openPictureSet } from '#engine/patches/picture-set.ts'
import { Projector } from '#engine/patches/projection.ts'
import { classNames, runSurvey } from '#engine/patches/run-survey.ts'
import { preparePicture } from '#engine/preprocessing/prepare.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { withModelOptions } from '../common-options.ts'
import { dataSourceOf, withDataOptions } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { recordOf } from '../display.ts'
import { flagOption, textOption, wholeOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'patches',
  declare: (command) => withDataOptions(withModelOptions(command)
    .description('What did units respond to most? Nine patches a unit, with what in them did it, as <layer>-<unit>.png, and patches.json with all units of all layers asked for.')
    .argument('<model>', 'ONNX file').argument('<data>', 'folder of pictures, data set, or generator:NAME')
    .option('--layer <layers>', 'layers whose patches are written, comma-separated (default: all, as numbers alone)')
    .option('--units <number>', 'units of each layer that are drawn, the first so many', '32')
    .option('--projection <method>', `${ProjectionMethod.options.join(', ')} or none`, 'guided')
    .option('--seed <number>', 'of a generator', '1')
    .requiredOption('--out <folder>', 'where the pictures and patches.json go')),
  async run({ args: [modelPath = '', data = ''], options }, { signal, progress, print }) {
    const source = await dataSourceOf(data, options)
    const named = textOption(options, 'projection') ?? 'guided'
    const method = named === 'none' ? undefined : ProjectionMethod.safeParse(named).data
    if (named !== 'none' && !method) throw new AppError('usage', `--projection takes ${ProjectionMethod.options.join(', ')} or none; got '${named}'.`)
    const drawn = wholeOption(options, 'units', 0, 100_000)
    const out = textOption(options, 'out') ?? ''
    await withRuntime(options, async (runtime) => {
      const network = await openNetwork(modelPath, { runtime })
      try {
        const record = await recordOf(network, modelPath, options, signal)
        const place = { runtime, network, display: { preprocessing: record.preprocessing } }
        const layers = (textOption(options, 'layer') ?? '').split(',').map((name) => name.trim()).filter(Boolean).map((name) => findLayer(network, name).id)
        const { height, width } = record.preprocessing
        const set = await openPictureSet(source, loadDataset, { signal, seed: wholeOption(options, 'seed', -(2 ** 31), 2 ** 31), size: { height, width } })
        const startedAt = performance.now()
        const { survey, state } = await runSurvey(place, set, { signal, onProgress: (done, total) => { if (process.stderr.isTTY || done === total) progress(`${done} of ${total} pictures`) } })
        const seconds = (performance.now() - startedAt) / 1000
        const names = classNames(set, place.display)
        await makeFolder(out)
        const report = {
          model: basename(modelPath), data: set.name, pictures: survey.count, skipped: state.skipped, seconds: Number(seconds.toFixed(2)), preprocessing: record.note, device: (await runtime.device()).inUse,
          layers: survey.layers.filter(({ id }) => layers.length === 0 || layers.includes(id)).map(({ id, title, units }) => ({
            layer: id, title, units: Array.from({ length: units }, (_, unit) => ({
              unit, ...survey.facts(id, unit), top: survey.best(id, unit).map(({ picture, ...best }) => ({ ...best, picture: set.title(picture) })),
              classes: survey.classMeans(id, unit).slice(0, 3).map(({ index, mean }) => ({ label: names[index] ?? `class ${index}`, mean })),
            })),
          })),
        }
        let files = 0
        for (const layer of survey.layers.filter(({ id }) => layers.includes(id))) {
          const projector = method && await Projector.open(place, layer, method)
          for (let unit = 0; unit < Math.min(drawn, layer.units); unit++, files++) {
            const rows = await Promise.all(survey.best(layer.id, unit).map(async (best) => {
              const { fitted, display } = preparePicture(network, record.preprocessing, await set.pixels(best.picture))
              return { best, fitted, display, box: boxOf(network, layer, best, fitted) }
            }))
            const patches = rows.map(({ fitted, box }) => patchOf(fitted, box))
            const projections = []
            if (projector) for (const { best, display, box } of rows) projections.push(projectionOf(await projector.project(display, unit, best.row, best.column, signal), box))
            await writeFile(join(out, `${layer.id.replaceAll(/[^\w.-]+/g, '_')}-${unit}.png`), await encodePng(sideBySide([...patches, ...projections])))
          }
          await projector?.dispose()
        }
        await writeFile(join(out, 'patches.json'), `${JSON.stringify(report)}\n`)
        if (flagOption(options, 'json')) print(JSON.stringify({ ...report, layers: report.layers.length }))
        else print(`${survey.count} pictures looked through in ${seconds.toFixed(1)} s for ${survey.layers.reduce((sum, { units }) => sum + units, 0)} units of ${survey.layers.length} layers; ${files} sheets and patches.json written to ${out}.`)
      } finally {
        await network.dispose()
      }
    })
  },
})
