/** What an opened model makes of every picture at its cut: a table that a head is trained on in seconds. */
import { throwIfCancelled } from '../../lib/cancel.ts'
import { openBatches } from '../../datasets/batches.ts'
import { sharedFloats } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/dataset.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { BuiltNetwork } from '../network.ts'
import type { AdaptControls } from '../net-source.ts'

/** Pictures at a time: enough to fill the device, few enough to hear a cancel. */
const atOnce = 8

/** `extractor`: for a static batch of `atOnce`, made by the caller. */
export async function featuresOf(dataset: Dataset, size: { readonly height: number; readonly width: number }, build: (batch: number) => BuiltNetwork, { runtime, signal, onNote }: AdaptControls): Promise<Dataset> {
  const extractor = build(atOnce)
  const width = extractor.outputDims.reduce((product, dim) => product * dim, 1)
  const [channels = 1] = extractor.inputDims
  const batches = openBatches({ dataset, size, standardization: { mean: Array.from({ length: channels }, () => 0), std: Array.from({ length: channels }, () => 1) } })
  const values = sharedFloats(dataset.count * width)
  const session = await runtime.open(extractor.model, { lane: 'training' })
  try {
    for (let start = 0; start < dataset.count; start += atOnce) {
      throwIfCancelled(signal)
      const rows = Math.min(atOnce, dataset.count - start)
      // The last batch is filled up with its last example.
      const { input } = batches.assemble(Int32Array.from({ length: atOnce }, (_, row) => start + Math.min(row, rows - 1)), undefined)
      const { [extractor.output]: output } = await session.run({ [extractor.input]: floatTensor([atOnce, ...extractor.inputDims], input) }, [extractor.output])
      values.set((output?.data as Float32Array).subarray(0, rows * width), start * width)
      if (start % (25 * atOnce) === 0) onNote?.(`Features at the cut: ${start} of ${dataset.count} pictures`)
    }
  } finally {
    await session.dispose()
  }
  return { ...dataset, input: { kind: 'numbers', columns: Array.from({ length: width }, (_, index) => `feature ${index + 1}`), values } }
}
