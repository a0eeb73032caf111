/**
 * An opened model: what the user sees (`original`), what is computed (`compute`: functions inlined, upgraded, float32,
 * static shapes, constants folded; value names are kept), and every forward and backward pass over it.
 */
import type { NetworkStructure, NetworkSummary } from '#contract/graph.ts'
import type { Model } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import type { FloatTensor, HostTensor, HostTensors } from '../runtime/host-tensor.ts'
import type { ModelSource, RunControls } from '../runtime/session.ts'
import type { DisplaySpace } from './display-space.ts'

/**
 * Name of the picture in display space, wherever a value is named (`inputs`, `wrt`, `fetches`): [N, 3, H, W] RGB in 0..1,
 * or [N, 1, H, W] for a grey model, whatever layout and range the model itself wants.
 */
export const displayInput = 'phosphene/display'

export interface NetworkInput {
  readonly name: string
  readonly dataType: HostTensor['dataType']
  /** Static: the declared or chosen size, batch 1 where the batch axis is symbolic. */
  readonly dims: readonly number[]
}

export interface ForwardOptions extends RunControls {
  /** Makes `displayInput` an input in place of the input that the record describes. */
  readonly display?: DisplaySpace
  /** Told what each run took, milliseconds: the run alone, without making its session. */
  readonly onRan?: (ms: number) => void
}

export interface GradientRequest {
  /** The value that is differentiated, any floating-point value of the network. */
  readonly of: string
  /** d loss / d `of`, of its shape with the batch that the inputs have. One backward session serves every seed. */
  readonly seed: FloatTensor
  /** Inputs (also `displayInput`), initialisers or intermediate values. */
  readonly wrt: readonly string[]
  /** By name; all of one batch size. */
  readonly inputs: HostTensors
  readonly display?: DisplaySpace
  /** Forward values to return from the same run. */
  readonly fetches?: readonly string[]
}

export interface GradientResult {
  /** By name of `wrt`, of that value's shape. */
  readonly gradients: Readonly<Record<string, FloatTensor>>
  readonly values: Readonly<Record<string, HostTensor>>
}

export interface BatchOptions {
  /** At most so many; 16 where absent. */
  readonly largest?: number
  /** Only answers are asked for, no gradients: activations are let go of on the way. */
  readonly forwardOnly?: boolean
}

export interface Network {
  /** SHA-256 of the file, or of the model's bytes where it was not read from one. */
  readonly id: string
  readonly original: Model
  readonly compute: Model
  /** `compute` before its sizes and constants are settled: what models of other sizes are specialised from. Throws 'model-unsupported' with the reason where nothing can be run. */
  readonly normalized: Model
  /** Static facts of every value of `compute`: inferred, and measured in a run where inference knows nothing. */
  readonly facts: ReadonlyMap<string, Fact>
  readonly structure: NetworkStructure
  readonly summary: NetworkSummary
  /** Inputs that have to be fed (not initialisers). */
  readonly inputs: readonly NetworkInput[]
  readonly outputs: readonly string[]
  /** Whether several pictures go through in one run; decided by the graph, not by what the file declares. */
  readonly batches: boolean
  /** Any values of the network, computed from its inputs. Inputs may have any batch size where `batches` holds, else each picture runs alone. */
  forward(inputs: HostTensors, fetches: readonly string[], options?: ForwardOptions): Promise<Record<string, HostTensor>>
  /** d (sum of seed * of) / d wrt. The backward session is built once per (of, wrt, fetches, batch size, display space, device). */
  gradient(request: GradientRequest, controls?: RunControls): Promise<GradientResult>
  /** Largest batch worth running at once for that many samples on the device in use: 1 where `batches` does not hold. */
  batchFor(samples: number, options?: BatchOptions): Promise<number>
  /** A constant of the network (kernel, bias), traced through Identity, Transpose, Cast, Reshape and DequantizeLinear; undefined where it is computed. */
  constant(name: string): FloatTensor | undefined
  /** A model made from this one (with a loss, a backward pass), its large weights mapped from the file that all sessions of the network share. */
  sourceOf(model: Model): Promise<ModelSource>
  dispose(): Promise<void>
}
