import { stat } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import { networkInputs } from '#engine/network/input-sizes.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { describeLayers } from '#engine/structure/describe-layers.ts'
import { summarize } from '#engine/structure/summary.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption } from '../parse.ts'
import { columns, countText } from '../text.ts'

export default defineCommand({
  name: 'inspect',
  declare: (command) => command.description('What a model is: inputs, outputs, layers, cost, and which operators have a gradient.').argument('<model>', 'ONNX file').option('--json', 'print one JSON document on stdout'),
  async run({ args, options }, { print }) {
    const path = args[0] ?? ''
    const model = await loadModel(path)
    const dims = Object.fromEntries(networkInputs(model).map((input) => [input.name, input.dims]))
    const facts = inferShapes(model, dims)
    const summary = summarize(model, facts, { path, bytes: (await stat(path)).size })
    const { layers } = describeLayers(model, facts)
    if (flagOption(options, 'json')) return print(JSON.stringify({ ...summary, layers }))

    const shapeText = (shape: readonly (number | string | null)[]): string => `[${shape.map((dim) => dim ?? '?').join(', ')}]`
    print(`${summary.name} · opset ${summary.opset} · ${summary.nodes} nodes · ${countText(summary.parameters)} parameters · ${countText(summary.macs)} multiply-accumulates`)
    for (const input of summary.inputs) print(`input   ${input.name} ${input.dataType} ${shapeText(input.shape)}`)
    for (const output of summary.outputs) print(`output  ${output.name} ${output.dataType} ${shapeText(output.shape)}`)
    if (summary.notRunnable !== undefined) print(`It cannot be run: ${summary.notRunnable}`)
    print('')
    print(columns([['layer', 'op', 'output', 'parameters', 'MACs'], ...layers.map((layer) => [layer.title, [layer.op, ...layer.fused].join(' + '), shapeText(layer.shape), countText(layer.parameters), countText(layer.macs)])]))
    print('')
    print(columns([['operator', 'count', 'gradient'], ...summary.operators.map(({ op, domain, count, gradient, reason }) => [domain === '' ? op : `${domain}.${op}`, String(count), reason === undefined ? gradient : `${gradient}: ${reason}`])]))
    if (layers.length === 0) throw new AppError('model-invalid', `${path} holds no layers: its graph is empty.`)
  },
})
