/** Operators that run but whose gradient is refused on purpose, each with a reason that says what to do instead. */
const subgraph = 'its body is a graph of its own that decides at run time what is computed. Choose a target and layers on one side of it, or export the model with the branch or loop unrolled (torch.jit.trace instead of script)'
const quantised = 'it computes with integers, whose derivative is zero almost everywhere. Open the float32 original of this model, or export it without quantization'
const sequence = 'it handles sequences of tensors. Export the model so that tensors are passed directly'

const regions = 'it samples regions that another part of the model proposes at run time. Choose a target or layers before it, such as the feature maps of the backbone'

const reasons: ReadonlyMap<string, string> = new Map([
  ...['RoiAlign', 'MaxRoiPool'].map((op): [string, string] => [op, regions]),
  ...['If', 'Loop', 'Scan'].map((op): [string, string] => [op, subgraph]),
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger'].map((op): [string, string] => [op, quantised]),
  ...['SequenceAt', 'SequenceConstruct', 'SequenceEmpty', 'SequenceErase', 'SequenceInsert', 'SequenceMap', 'ConcatFromSequence', 'SplitToSequence', 'Optional', 'OptionalGetElement', 'OptionalHasElement'].map((op): [string, string] => [op, sequence]),
])

const quantisedName = /^(Q[A-Z]|Quantize|Dequantize|DynamicQuantize)|Integer|QLinear|NBits|Quant/

/** Why the gradient of this operator is refused, or undefined. */
export function refusalOf(opType: string, domain: string): string | undefined {
  if (domain === '' || domain === 'ai.onnx') return reasons.get(opType)
  if (quantisedName.test(opType)) return quantised
  if (domain.startsWith('com.microsoft')) return `it is an operator of onnxruntime's own (domain ${domain}), not of the ONNX standard. Open the model as exported, before onnxruntime optimized it, or save it with graph optimization level 'basic'`
  return undefined
}
