import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKernels } from '#engine/activations/kernels.ts'
import { findLayer } from '#engine/network/find-layer.ts'
import { encodePng } from '#engine/images/encode.ts'
import { drawKernels } from '#engine/images/kernel-sheet.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { defineCommand } from '../define-command.ts'
import { fileNameOf, flagOption, textOption, wholeOption } from '../parse.ts'
import { withRuntime } from '../with-runtime.ts'

export default defineCommand({
  name: 'kernels',
  declare: (command) => command
    .description('The kernels of every convolution and dense layer as pictures, each layer on one scale.')
    .argument('<model>', 'ONNX file')
    .option('--layer <layer>', 'this layer only, by id or title')
    .option('--outputs <number>', 'kernels of a layer at most', '256')
    .option('--inputs <number>', 'input channels of a kernel at most', '64')
    .option('--bgr', 'the model reads blue first')
    .requiredOption('--out <folder>', 'where the PNG files and kernels.json go')
    .option('--json', 'print one JSON document on stdout'),
  async run({ args: [model = ''], options }, { signal, print }) {
    const [count, inputs] = [wholeOption(options, 'outputs', 1, 1024), wholeOption(options, 'inputs', 1, 256)]
    const out = textOption(options, 'out') ?? ''
    await withRuntime({ device: 'cpu', threads: '0' }, async (runtime) => {
      const network = await openNetwork(model, { runtime })
      try {
        const kernels = createKernels(network)
        const chosen = textOption(options, 'layer')
        const layers = chosen === undefined ? (await kernels.layers()).map(({ layer }) => layer) : [findLayer(network, chosen).id]
        await makeFolder(out)
        const report = []
        for (const layer of layers) {
          signal.throwIfAborted()
          const sheet = kernels.sheet({ layer, offset: 0, count, inputs, sort: 'index', bgr: flagOption(options, 'bgr') })
          const file = fileNameOf(sheet.title).replace(/\.npy$/, '.png')
          await writeFile(join(out, file), await encodePng(drawKernels(sheet)))
          report.push({ layer, title: sheet.title, file, shape: sheet.dims, outputs: sheet.totalOutputs, inputs: sheet.totalInputs, extent: sheet.extent, norms: sheet.norms })
        }
        await writeFile(join(out, 'kernels.json'), `${JSON.stringify(report, null, 1)}\n`)
        print(flagOption(options, 'json') ? JSON.stringify(report) : `${report.length} layers written to ${out}.`)
      } finally {
        await network.dispose()
      }
    })
  },
})
