import { AppError } from '#contract/errors.ts'
import { layerValues, unitMap, unitRanges } from '../activations/layer-values.ts'
import type { LayerValues } from '../activations/layer-values.ts'
import { createSheet } from '../activations/map-sheet.ts'
import { outputPixels } from '../activations/output-picture.ts'
import { topPredictions } from '../activations/predictions.ts'
import { histogramOf, invalidOf, statisticsOf } from '../activations/statistics.ts'
import { encodePng, encodeThumbnail } from '../images/encode.ts'
import { blobOf, floatArrayOf } from '../lib/blob.ts'
import { float32Npy, writeNpy } from '../lib/npy.ts'
import { float32OfHost } from '../preprocessing/host-values.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

export const activationHandlers = ({ models, pictures, recents, runs, runtime }: Services) => ({
  run: os.activations.run.handler(async ({ input, signal }) => {
    const opened = models.get(input.model)
    const { values: outputs, ms } = await runs.outputs(input, signal ? { signal } : {})
    const { record } = models.get(input.model)
    const preprocessing = record?.preprocessing
    const scores = preprocessing?.output !== 'none' && preprocessing?.outputTensor !== undefined ? outputs[preprocessing.outputTensor] : undefined
    const picture = opened.task.task === 'image-to-image' || opened.task.task === 'generator' ? outputPixels(outputs[opened.task.output ?? ''] ?? nothing) : undefined
    if (opened.record) await recents.illustrate(opened.source, input.picture, async () => encodeThumbnail(await pictures.pixels(input.picture), recentSide))
    return {
      top: scores && preprocessing ? topPredictions(float32OfHost(scores), preprocessing) : [],
      classes: scores ? scores.data.length : 0,
      device: (await runtime.device()).inUse,
      ms,
      ...(record ? { preprocessing: record } : {}),
      ...(picture ? { outputPicture: blobOf(await encodePng(picture), 'image/png') } : {}),
    }
  }),

  sheet: os.activations.sheet.handler(async ({ input: { layer: id, ...input } }) => {
    const { layer, tensor } = await runs.layer(input, id)
    const { pixels, ...sheet } = createSheet(layerValues(layer, tensor), input)
    return { layer: id, ...sheet, pixels: blobOf(pixels) }
  }),

  unit: os.activations.unit.handler(async ({ input: { layer: id, unit, ...input } }) => {
    const { layer, tensor } = await runs.layer(input, id)
    const values = layerValues(layer, tensor)
    const map = unitMap(values, unit)
    const statistics = statisticsOf(map)
    const ranges = unitRanges(values)
    const kernelNorm = runs.kernels(input.model).norms(id)?.[unit]
    return {
      layer: id, unit, map: floatArrayOf([values.height, values.width], map), statistics, histogram: histogramOf(map, statistics),
      rank: 1 + ranges.filter(({ high }) => high > ranges[unit]!.high).length, units: values.units,
      ...(kernelNorm === undefined ? {} : { kernelNorm }),
    }
  }),

  vector: os.activations.vector.handler(async ({ input: { layer: id, ...input } }) => {
    const { layer, tensor } = await runs.layer(input, id)
    const all = layerValues(layer, tensor)
    const values = meansOf(all)
    const statistics = { ...statisticsOf(values), ...invalidOf(all.data) }
    return { values: floatArrayOf([values.length], values), statistics, histogram: histogramOf(values, statistics) }
  }),

  links: os.activations.links.handler(({ input: { model, layer, unit, count } }) => runs.links(model).find(layer, unit, count)),

  npy: os.activations.npy.handler(async ({ input: { layer: id, unit, ...input } }) => {
    const { layer, tensor } = await runs.layer(input, id)
    const name = layer.title.replace(/[^\w.-]+/g, '_')
    if (unit === undefined) return { name: `${name}.npy`, data: blobOf(writeNpy({ ...tensor, bytes: bytesOf(tensor) })) }
    const values = layerValues(layer, tensor)
    return { name: `${name}_${unit}.npy`, data: blobOf(float32Npy([values.height, values.width], unitMap(values, unit))) }
  }),
})

export const kernelHandlers = ({ models, runs }: Services) => ({
  layers: os.kernels.layers.handler(({ input: { model } }) => runs.kernels(model).layers()),
  sheet: os.kernels.sheet.handler(({ input: { model, ...request } }) => {
    const bgr = models.get(model).record?.preprocessing.channels === 'BGR'
    const { dims, data, ...sheet } = runs.kernels(model).sheet({ ...request, bgr })
    if (request.offset >= sheet.totalOutputs) throw new AppError('target-invalid', `Kernel ${request.offset} does not exist: the layer has ${sheet.totalOutputs}.`)
    return { layer: request.layer, ...sheet, kernels: floatArrayOf(dims, data) }
  }),
})

/** Longer side of the picture beside a recent model, pixels. */
const recentSide = 128

const nothing: HostTensor = { dataType: 'float32', dims: [0], data: new Float32Array() }

/** The values of a vector, or the mean of each map. */
const meansOf = (values: LayerValues): Float32Array => Float32Array.from(unitRanges(values), ({ mean }) => mean)

const bytesOf = ({ data }: HostTensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
