import { invariant } from '#contract/errors.ts'
import type { Node } from '../onnx/model.ts'
import type { Emit, Value } from './emit.ts'
import type { ForwardValues } from './facts.ts'
import { sumToShape } from './sum-to-shape.ts'

/** Gradients that have reached each value so far; added when they are asked for. */
export class Accumulator {
  #parts = new Map<string, Value[]>()
  #emit: Emit
  #values: ForwardValues

  constructor(emit: Emit, values: ForwardValues) {
    this.#emit = emit
    this.#values = values
  }

  has(name: string): boolean {
    return this.#parts.has(name)
  }

  /** Sums broadcast axes away and checks shape and type. */
  add(name: string, gradient: Value, from?: Node): void {
    const value = this.#values.get(name)
    const summed = sumToShape(this.#emit, gradient, value.dims)
    invariant(summed.dataType === value.dataType, `the gradient of '${name}'${from ? ` by ${from.opType} (node '${from.name}')` : ''} is ${summed.dataType} where the value is ${value.dataType}`)
    const parts = this.#parts.get(name)
    if (parts) parts.push(summed)
    else this.#parts.set(name, [summed])
  }

  /** A chain of Add: Sum runs on the CPU under WebGPU. */
  total(name: string): Value | undefined {
    const parts = this.#parts.get(name)
    if (!parts?.[0]) return undefined
    const total = parts.slice(1).reduce((sum, part) => this.#emit.add(sum, part), parts[0])
    this.#parts.set(name, [total])
    return total
  }
}
