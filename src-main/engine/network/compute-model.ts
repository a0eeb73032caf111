/**
 * From the file's model to what is computed: functions inlined, operator set 18 or later, float32, static input sizes,
 * constants folded. Value names are kept, so that the user's names work on it.
 */
import { AppError } from '#contract/errors.ts'
import { dataInputs } from '../onnx/graph.ts'
import { inlineFunctions } from '../onnx/inline-functions.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { foldConstants } from '../onnx/shapes/fold-constants.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { runnableReason } from '../onnx/runnable.ts'
import { specializePart } from '../onnx/specialize.ts'
import type { Cut } from '../onnx/specialize.ts'
import { elementCount, tensorOfNumbers } from '../onnx/tensor-data.ts'
import { toFloat32 } from '../onnx/to-float32.ts'
import { upgradeModel } from '../onnx/upgrade/upgrade-model.ts'
import { withDisplayInput } from './display-space.ts'
import type { DisplaySpace } from './display-space.ts'
import { displayInput } from './network.ts'
import { freeBatch } from './rebatch.ts'

/** Of any size: what every specialised model is made from. Throws 'model-unsupported' with the reason where nothing can be run. */
export function normalizedModel(original: Model): Model {
  const reason = runnableReason(original)
  if (reason !== undefined) throw new AppError('model-unsupported', reason)
  const model = toFloat32(upgradeModel(inlineFunctions(original)))
  // Old files list their initialisers among the inputs; nobody feeds them.
  return { ...model, graph: { ...model.graph, inputs: dataInputs(model.graph) } }
}

/** What the model takes beside the picture is zero, as in every run of a picture: nobody feeds it in display space. */
function othersAtZero(model: Model, dims: Readonly<Record<string, readonly number[]>>): Model {
  const { graph } = model
  const zeros = graph.inputs.flatMap(({ name, type }): [string, Tensor][] => {
    const shape = dims[name]
    if (name === displayInput || shape === undefined || type?.kind !== 'tensor') return []
    return [[name, tensorOfNumbers(type.dataType, shape, new Array<number>(elementCount(shape)).fill(0))]]
  })
  const known = new Set(zeros.map(([name]) => name))
  return { ...model, graph: { ...graph, inputs: graph.inputs.filter(({ name }) => !known.has(name)), initializers: new Map([...graph.initializers, ...zeros]) } }
}

export interface Specialized {
  readonly model: Model
  readonly facts: ReadonlyMap<string, Fact>
  /** What cannot be computed at this size (dense layers behind a larger picture), and why. */
  readonly cut?: Cut
}

export interface Size {
  /** Dims of every input, batch included. */
  readonly dims: Readonly<Record<string, readonly number[]>>
  readonly batch: number
  readonly display?: DisplaySpace
}

/** The model at one input size and batch, as far as the graph allows that size. */
export function specialize(normalized: Model, { dims, batch, display }: Size): Specialized {
  const { model: sized, cut } = specializePart(normalized, dims)
  const free = freeBatch(sized, batch)
  const entered = display ? othersAtZero(withDisplayInput(free, display, displayInput, dims[display.preprocessing.input] ?? []), dims) : free
  const folded = foldConstants(entered, inferShapes(entered))
  return { model: folded, facts: inferShapes(folded), ...(cut ? { cut } : {}) }
}
