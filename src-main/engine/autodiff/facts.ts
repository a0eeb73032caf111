/** Forward values as the walk sees them: static shapes, and contents where they are constant. */
import { AppError } from '#contract/errors.ts'
import type { DataType, Graph, Tensor } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import type { Value } from './emit.ts'

const floating: ReadonlySet<DataType> = new Set(['float32', 'float64', 'float16', 'bfloat16'])

export class ForwardValues {
  #known = new Map<string, Value>()
  #graph: Graph
  #facts: ReadonlyMap<string, Fact>

  constructor(graph: Graph, facts: ReadonlyMap<string, Fact>) {
    this.#graph = graph
    this.#facts = facts
  }

  /** Whether a gradient can flow to this value: it holds floating-point numbers, as far as is known. */
  isFloating(name: string): boolean {
    const dataType = this.#graph.initializers.get(name)?.dataType ?? this.#facts.get(name)?.dataType
    return dataType === undefined || floating.has(dataType)
  }

  /** Throws `shape-unknown` unless every axis is a number. */
  get(name: string): Value {
    const known = this.#known.get(name) ?? this.#make(name)
    this.#known.set(name, known)
    return known
  }

  /** The same, or undefined where the type or shape is unknown (a sequence, an output that nothing reads). */
  find(name: string): Value | undefined {
    if (name === '') return undefined
    return this.#graph.initializers.has(name) || isStatic(this.#facts.get(name)) ? this.get(name) : undefined
  }

  #make(name: string): Value {
    const tensor: Tensor | undefined = this.#graph.initializers.get(name)
    if (tensor) return { name, dataType: tensor.dataType, dims: tensor.dims, constant: tensor }
    const fact = this.#facts.get(name)
    if (isStatic(fact)) return { name, dataType: fact.dataType, dims: fact.shape, ...(fact.constant ? { constant: fact.constant } : {}) }
    const shape = fact?.shape ? `shape [${fact.shape.map((dim) => dim ?? '?').join(', ')}]` : 'a shape that is not known'
    throw new AppError('shape-unknown', `The value '${name}' has ${shape}; a gradient needs every axis to be a number. Fix the model's input size first.`, { data: { value: name } })
  }
}

type StaticFact = Fact & { readonly shape: readonly number[] }
const isStatic = (fact: Fact | undefined): fact is StaticFact => fact?.shape?.every((dim) => typeof dim === 'number') ?? false
