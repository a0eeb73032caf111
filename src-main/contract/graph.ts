/** The structure of a network, as Explore, Kernels and `inspect` show it. */
import { z } from 'zod'

export const LayerKind = z.enum([
  'input', 'convolution', 'dense', 'pooling', 'normalization', 'activation', 'join', 'concat', 'attention', 'reshape', 'resize', 'other', 'output',
])

/** A display layer: one meaningful operator with what is fused to it (batch normalization, bias, activation). */
export const Layer = z.object({
  /** Stable within the model; used in links, recipes and on the command line. */
  id: z.string(),
  /** Readable, from the file's own names: 'fire4/expand3x3'. */
  title: z.string(),
  kind: LayerKind,
  /** The ONNX operator that names the layer, e.g. 'Conv'. */
  op: z.string(),
  /** Operators fused into it, in order: ['BatchNormalization', 'Relu']. */
  fused: z.array(z.string()),
  /** Names of all ONNX nodes it stands for. */
  nodes: z.array(z.string()),
  /** The tensor shown: after the activation. */
  outputTensor: z.string(),
  /** Before the activation, where there is one. */
  preActivationTensor: z.string().optional(),
  /** Ids of the layers it reads and feeds. */
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** Output shape without symbolic axes where they could be resolved; null for an unknown extent. */
  shape: z.array(z.number().nullable()),
  /** How to picture the output: feature maps, a vector of units, tokens by features, or nothing. */
  view: z.discriminatedUnion('type', [
    /** `channelsLast`: the tensor is [N, H, W, C]. */
    z.object({ type: z.literal('maps'), channels: z.number(), height: z.number(), width: z.number(), channelsLast: z.boolean().optional() }),
    z.object({ type: z.literal('vector'), units: z.number() }),
    z.object({ type: z.literal('tokens'), tokens: z.number(), units: z.number() }),
    z.object({ type: z.literal('none') }),
  ]),
  parameters: z.number(),
  /** Multiply-accumulates of one forward pass of one picture. */
  macs: z.number(),
  /** Kernel, stride and the like of convolutions and pools; empty otherwise. */
  window: z.object({ kernel: z.array(z.number()), strides: z.array(z.number()), dilations: z.array(z.number()), groups: z.number() }).optional(),
  /** Extent of the input that one unit sees, in input pixels (Araujo et al. 2019). */
  receptiveField: z.object({ height: z.number(), width: z.number(), wholeInput: z.boolean() }).optional(),
  /** Initialiser names: the kernel and the bias of a convolution or dense layer. */
  weight: z.string().optional(),
  bias: z.string().optional(),
  /** One plain sentence: "Conv 3×3, 32 → 128 channels, stride 1 · ReLU · 28 × 28 · sees 67 px". */
  sentence: z.string(),
  /** Why the gradient of this layer is not available, or absent when it is. */
  gradientRefused: z.string().optional(),
})

/** A folded group of layers; groups nest. `repeatOf` links blocks of the same structure. */
export const LayerGroup = z.object({
  id: z.string(),
  title: z.string(),
  /** Ids of layers and groups inside, in order. */
  members: z.array(z.string()),
  /** Blocks with the same structure share a signature: "fire × 8". */
  signature: z.string(),
  parent: z.string().optional(),
})

export const OperatorCount = z.object({
  op: z.string(),
  domain: z.string(),
  count: z.number(),
  gradient: z.enum(['differentiable', 'non-differentiable', 'refused', 'missing']),
  /** Why it is refused, or what is missing. */
  reason: z.string().optional(),
})

export const TensorInfo = z.object({ name: z.string(), dataType: z.string(), shape: z.array(z.union([z.number(), z.string(), z.null()])) })

export const NetworkSummary = z.object({
  name: z.string(),
  producer: z.string(),
  irVersion: z.number(),
  opset: z.number(),
  bytes: z.number(),
  parameters: z.number(),
  macs: z.number(),
  nodes: z.number(),
  inputs: z.array(TensorInfo),
  outputs: z.array(TensorInfo),
  operators: z.array(OperatorCount),
  /** Why it cannot be run at all (operator set too old, unknown domain), or absent. */
  notRunnable: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
})

export const NetworkStructure = z.object({ layers: z.array(Layer), groups: z.array(LayerGroup) })

export type LayerKind = z.infer<typeof LayerKind>
export type Layer = z.infer<typeof Layer>
export type LayerGroup = z.infer<typeof LayerGroup>
export type OperatorCount = z.infer<typeof OperatorCount>
export type TensorInfo = z.infer<typeof TensorInfo>
export type NetworkSummary = z.infer<typeof NetworkSummary>
export type NetworkStructure = z.infer<typeof NetworkStructure>
