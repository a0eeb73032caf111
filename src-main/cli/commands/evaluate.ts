import { AppError } from '#contract/errors.ts'
import { validationPart } from '#engine/datasets/dataset.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { chooseRecord } from '#engine/preprocessing/choose.ts'
import { findPictureInput } from '#engine/preprocessing/picture-input.ts'
import { evaluateModel, pixelsOfExample } from '#engine/training/evaluate-model.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { withDataOptions, dataSourceOf } from '../data-options.ts'
import { dataFolder } from '../locations.ts'
import { flagOption, textOption, wholeOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'evaluate',
  declare: (command) => withDataOptions(withModelOptions(command)
    .description('How right a model is on data: accuracy, recall by class and confusion, or R² and distance.')
    .argument('<model>', 'ONNX file').argument('<data>', 'a file or folder, or generator:NAME')
    .option('--part <part>', 'all, train or validation (default: the held-out part where the data has one, else all)')
    .option('--seed <number>', 'of a generator', '1')),
  async run({ args, options }, { signal, progress, print }) {
    const [path = '', data = ''] = args
    const source = await dataSourceOf(data, options)
    await withRuntime(options, async (runtime) => {
      const network = await openNetwork(path, { runtime })
      try {
        const picture = findPictureInput(network.inputs)
        const dataset = await loadDataset(source, { signal, seed: wholeOption(options, 'seed', -(2 ** 31), 2 ** 31), size: picture ? { height: picture.height, width: picture.width } : undefined })
        const indices = chosen(dataset, textOption(options, 'part'))
        const requested = textOption(options, 'preprocess')
        const record = picture && dataset.input.kind === 'pictures'
          ? await chooseRecord(network, { place: { sha256: network.id, path, dataFolder: dataFolder() }, picture: pixelsOfExample(dataset, indices[0] ?? 0), ...(requested === undefined ? {} : { requested }) })
          : undefined
        if (record) progress(record.note)
        let shownAt = performance.now()
        const { examples, labels, metrics, meanAbsoluteError } = await evaluateModel(network, dataset, {
          indices, preprocessing: record?.preprocessing, signal,
          onProgress: (done, total) => { if (performance.now() - shownAt > 2000) { shownAt = performance.now(); progress(`${done} of ${total} examples`) } },
        })
        const { target } = dataset
        const classes = target.kind === 'classes'
        if (flagOption(options, 'json')) print(JSON.stringify({ examples, ...(classes ? { accuracy: metrics.score, labels, recall: metrics.recall, confusion: metrics.confusion } : { r2: metrics.score, meanAbsoluteError, columns: target.columns }), loss: metrics.loss }))
        else print(classes ? `${(100 * metrics.score).toFixed(2)} % of ${examples} right; loss ${metrics.loss.toFixed(4)}.` : `R² ${metrics.score.toFixed(4)} on ${examples}; mean distance ${meanAbsoluteError.map((error) => error.toPrecision(4)).join(', ')}.`)
      } finally {
        await network.dispose()
      }
    })
  },
})

function chosen({ count, parts }: { readonly count: number; readonly parts?: Uint8Array }, part: string | undefined): Int32Array {
  const all = Int32Array.from({ length: count }, (_, index) => index)
  if (part !== undefined && !['all', 'train', 'validation'].includes(part)) throw new AppError('usage', `--part takes all, train or validation; got '${part}'.`)
  if (part === 'all' || !parts || !parts.includes(validationPart)) {
    if (part === 'train' || part === 'validation') throw new AppError('usage', 'This data does not say which examples are held out: --part all takes them all.')
    return all
  }
  return all.filter((index) => (parts[index] === validationPart) === (part !== 'train'))
}
