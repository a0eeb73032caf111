import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { writeNpy } from '#engine/lib/npy.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { withInputOption, withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { fileNameOf, flagOption, listOption, textOption } from '../parse.ts'
import { inputDimsOf, readInputs } from '../read-inputs.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'run',
  declare: (command) => withInputOption(withModelOptions(command))
    .description('Any values of a forward pass, as .npy files.')
    .argument('<model>', 'ONNX file')
    .option('--fetch <tensors>', "values to write, comma-separated; 'all' for every value (default: the outputs)")
    .requiredOption('--out <folder>', 'where the .npy files go'),
  async run({ args, options }, { signal, print }) {
    const path = args[0] ?? ''
    const out = textOption(options, 'out') ?? ''
    const model = await loadModel(path)
    await withRuntime(options, async (runtime) => {
      const { feeds, notes } = await readInputs(runtime, model, path, options)
      const network = await openNetwork(path, { runtime, inputDims: inputDimsOf(feeds) })
      try {
        const computed = network.compute.graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== ''))
        const wanted = listOption(options, 'fetch')
        const fetches = wanted.length === 0 ? network.outputs : wanted.includes('all') ? computed : wanted
        const unknown = fetches.find((name) => !network.facts.has(name))
        if (unknown !== undefined) throw new AppError('tensor-missing', `The model has no value '${unknown}'. \`phosphene inspect ${path}\` lists its layers; --fetch all writes every value.`)
        const results = await network.forward(feeds, fetches, { signal })
        await makeFolder(out)
        const files: Record<string, { file: string; shape: readonly number[]; dataType: string }> = {}
        for (const [name, { dataType, dims, data }] of Object.entries(results)) {
          const file = fileNameOf(name)
          await writeFile(join(out, file), writeNpy({ dataType, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }))
          files[name] = { file, shape: dims, dataType }
        }
        if (flagOption(options, 'json')) print(JSON.stringify({ values: files, notes }))
        else print([...notes, `${Object.keys(files).length} value${Object.keys(files).length === 1 ? '' : 's'} written to ${out}.`].join('\n'))
      } finally {
        await network.dispose()
      }
    })
  },
})
