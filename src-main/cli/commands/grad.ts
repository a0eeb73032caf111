import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Target } from '#engine/autodiff/target.ts'
import { portableTarget } from '#engine/autodiff/lowering/target.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { buildGradientGraph, parameterNames } from '#engine/network/gradient-graph.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { saveModel } from '#engine/onnx/write.ts'
import { withInputOption, withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { inputDimsOf, readInputs } from '../read-inputs.ts'
import { fileNameOf, flagOption, listOption, parseTensorIndex, textOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'grad',
  declare: (command) => withInputOption(withModelOptions(command))
    .description('Gradients of any value of a model with respect to any others, as .npy files.')
    .argument('<model>', 'ONNX file')
    .requiredOption('--of <tensor>', 'the value to differentiate; TENSOR:i,j indexes behind the batch axis, without an index the sum is taken')
    .requiredOption('--wrt <tensors>', "inputs, initialisers or intermediate values, comma-separated; 'parameters' for every weight")
    .requiredOption('--out <folder>', 'where the .npy files and value.json go')
    .option('--loss <loss>', 'cross-entropy: differentiate the loss of those logits')
    .option('--label <class>', 'the true class, with --loss (comma-separated for a batch)')
    .option('--save-graph <file>', 'also write the backward graph: standard operators, for any runtime'),
  async run({ args, options }, { signal, print }) {
    const path = args[0] ?? ''
    const out = textOption(options, 'out') ?? ''
    const model = await loadModel(path)
    const of = targetOf(options)
    const wanted = listOption(options, 'wrt')
    const wrt = [...new Set(wanted.flatMap((name) => (name === 'parameters' ? parameterNames(model) : [name])))]
    if (wrt.length === 0) throw new AppError('usage', "--wrt names nothing. Give value names, or 'parameters'.")

    await withRuntime(options, async (runtime) => {
      const { feeds, notes } = await readInputs(runtime, model, path, options)
      const dims = inputDimsOf(feeds)
      const batch = Object.values(dims)[0]?.[0] ?? 1
      const { inUse, fallback } = await runtime.device()
      const request = { of, wrt }
      const graph = buildGradientGraph(model, { dims, batch }, request, runtime.loweringOf(inUse))
      const saved = textOption(options, 'saveGraph')
      await makeFolder(out)
      if (saved !== undefined) await saveModel(buildGradientGraph(model, { dims, batch }, request, portableTarget).model, saved)
      const session = await runtime.open(graph.model)
      const used = new Set(session.inputNames)
      const results = await session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))), [graph.value, ...graph.gradients.values()], { signal })

      const files: Record<string, { file: string; shape: readonly number[] }> = {}
      for (const [name, output] of graph.gradients) {
        const tensor = results[output]
        if (!tensor) throw new AppError('tensor-missing', `The gradient of '${name}' was not computed.`)
        const file = fileNameOf(name)
        await writeFile(join(out, file), float32Npy(tensor.dims, Float32Array.from(tensor.data as ArrayLike<number>)))
        files[name] = { file, shape: tensor.dims }
      }
      const value = Number(results[graph.value]?.data[0])
      const report = { value, of: textOption(options, 'of'), device: session.device, gradients: files, unreached: graph.unreached, notes: [...notes, ...graph.notes, ...(fallback === undefined ? [] : [fallback])] }
      await writeFile(join(out, 'value.json'), `${JSON.stringify(report, null, 1)}\n`)
      if (flagOption(options, 'json')) print(JSON.stringify(report))
      else print([...report.notes, `Value ${value}; ${Object.keys(files).length} gradient${Object.keys(files).length === 1 ? '' : 's'} written to ${out}.${graph.unreached.length > 0 ? ` Zero, because nothing flows there: ${graph.unreached.join(', ')}.` : ''}`].join('\n'))
    })
  },
})

function targetOf(options: Readonly<Record<string, unknown>>): Target {
  const { tensor, index } = parseTensorIndex(textOption(options, 'of') ?? '')
  const loss = textOption(options, 'loss')
  if (loss === undefined) return index === undefined ? { kind: 'sum', tensor } : { kind: 'unit', tensor, index }
  if (loss !== 'cross-entropy') throw new AppError('usage', `--loss takes cross-entropy; got '${loss}'.`)
  const labels = listOption(options, 'label').map(Number)
  if (labels.length === 0 || labels.some((label) => !Number.isInteger(label) || label < 0)) throw new AppError('usage', '--loss cross-entropy needs --label K, the number of the true class.')
  return { kind: 'cross-entropy', tensor, labels, reduction: 'mean' }
}
