/** The reductions but ReduceSum: `axes` became an input in 18. */
import { intsOf } from '#engine/onnx/attributes.ts'
import { integersInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSumSquare'],
  since: 18,
  upgrade: (context) => {
    const axes = intsOf(context.node, 'axes')
    return [withInputs(context.node, [context.node.inputs[0] ?? '', integersInput(context, axes?.length ? axes : undefined)], without(context.node.attributes, 'axes'))]
  },
})
