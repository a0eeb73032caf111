import { AppError } from '#contract/errors.ts'
import { encodeTiff16 } from '../images/tiff.ts'
import { blobOf } from '../lib/blob.ts'
import { readNpy } from '../lib/npy.ts'
import { typedArrayOf } from '../onnx/tensor-data.ts'
import { suggestName } from '../synthesis/suggest-name.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

const types: Readonly<Record<string, string>> = { png: 'image/png', gif: 'image/gif', webp: 'image/webp', mp4: 'video/mp4', webm: 'video/webm', json: 'application/json' }

export const synthesisHandlers = ({ synthesis }: Services) => ({
  forecast: os.synthesis.forecast.handler(({ input: { recipe } }) => synthesis.forecast(recipe)),
  start: os.synthesis.start.handler(({ input: { recipe, from } }) => synthesis.start(recipe, from)),
  watch: os.synthesis.watch.handler(({ input: { run }, signal }) => synthesis.watch(run, signal)),
  control: os.synthesis.control.handler(({ input: { run, ...control } }) => synthesis.control(run, control)),
  list: os.synthesis.list.handler(({ input: { kind } }) => synthesis.list(kind)),
  result: os.synthesis.result.handler(async ({ input: { run, item: wanted, format } }) => {
    const { item, run: { recipe }, folder } = await synthesis.item(run, wanted)
    const name = suggestName(recipe, item)
    if (format === 'original') return { name: `${name}.${item.extension}`, data: blobOf(await folder.readItem(item), types[item.extension] ?? 'application/octet-stream') }
    if (!item.deep) throw new AppError('option-invalid', `Of ‘${item.title}’ only the 8-bit file was kept: save it as it is.`)
    if (format === 'npy') return { name: `${name}.npy`, data: blobOf(await folder.readValues(item)) }
    const values = readNpy(await folder.readValues(item), name)
    return { name: `${name}.tif`, data: blobOf(await encodeTiff16({ dims: values.dims, data: typedArrayOf(values) as Float32Array }), 'image/tiff') }
  }),
  remove: os.synthesis.remove.handler(({ input: { run } }) => synthesis.remove(run)),
})
