/**
 * Values of a graph in two layouts: plain [N, C, H, W], and blocked [N, C / b, H, W, b] under the same dims, in which onnxruntime's x64 convolutions work
 * without gathering columns. A value is reordered where a node first asks for the layout that it was not made in.
 */
import { attributesOf, int, ints } from '../../onnx/attributes.ts'
import type { Attribute, Graph, Node, Tensor } from '../../onnx/model.ts'
import type { Fact } from '../../onnx/shapes/define-shape.ts'
import { float32Tensor, int64Tensor } from '../../onnx/tensor-data.ts'

/** onnxruntime's own operators on the blocked layout. */
export const blockedDomain = 'com.microsoft.nchwc'

export type Attributes = Readonly<Record<string, Attribute | undefined>>

export class Layouts {
  readonly nodes: Node[] = []
  readonly initializers: Map<string, Tensor>
  readonly block: number
  /** How many nodes and outputs of the graph read a value. */
  readonly readers = new Map<string, number>()
  #facts: ReadonlyMap<string, Fact>
  /** Nodes that are made where a plain value of theirs is asked for, by output. */
  #later = new Map<string, Node>()
  /** By the plain value's name. */
  #blocked = new Map<string, string>()
  #made = new Set<string>()
  /** Values that were made blocked and that nobody asked for in plain yet. */
  #notPlain = new Set<string>()

  constructor(graph: Graph, facts: ReadonlyMap<string, Fact>, block: number) {
    this.#facts = facts
    this.block = block
    this.initializers = new Map(graph.initializers)
    for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.map((output) => output.name)]) this.readers.set(name, (this.readers.get(name) ?? 0) + 1)
  }

  /** Empty where nothing is known. */
  dimsOf(name: string): readonly number[] {
    const fact = this.#facts.get(name)
    return fact?.dataType === 'float32' ? (fact.shape ?? []).map(Number) : []
  }

  /** Whether the value can lie in blocks: whole blocks of channels of [N, C, H, W]. */
  fits(name: string): boolean {
    const dims = this.dimsOf(name)
    return dims.length === 4 && (dims[1] ?? 1) % this.block === 0
  }

  /** Whether it is there in blocks already. */
  isBlocked(name: string): boolean {
    return this.#blocked.has(name)
  }

  blocked(name: string): string {
    return this.#blocked.get(name) ?? this.#keep(name, this.add('ReorderInput', [name], `${name}/blocked`))
  }

  plain(name: string): string {
    const node = this.#later.get(name)
    if (node) {
      this.#later.delete(name)
      this.pass(node)
    }
    if (!this.#notPlain.has(name)) return name
    this.#notPlain.delete(name)
    return this.add('ReorderOutput', [this.blocked(name)], name, { channels: int(this.dimsOf(name)[1] ?? 1) })
  }

  /** A node that makes `name` in blocks; without a domain, a standard operator that does not mind the layout. */
  make(opType: string, inputs: readonly string[], name: string, attributes: Attributes = {}, domain: string = blockedDomain): void {
    const isPoint = this.dimsOf(name).slice(2).every((extent) => extent === 1)
    // Maps of a single position are one in both layouts.
    this.#keep(name, this.add(opType, inputs, isPoint ? name : `${name}/blocked`, attributes, domain))
    if (!isPoint) this.#notPlain.add(name)
  }

  /** A node that may not be needed: readers of its output may find another way from its input, which lies in blocks. */
  postpone(node: Node): void {
    for (const output of node.outputs) this.#later.set(output, node)
  }

  /** The input of a node that was postponed, by its output. */
  sourceOf(name: string): string | undefined {
    return this.#later.get(name)?.inputs[0]
  }

  /** The node as it is, on plain values. */
  pass(node: Node): void {
    for (const input of node.inputs) this.plain(input)
    this.nodes.push(node)
  }

  /** Another view of the same memory. */
  reshape(name: string, dims: readonly number[], output: string): string {
    return this.add('Reshape', [name, this.integers(dims)], output, {}, '')
  }

  transpose(name: string, perm: readonly number[], output: string): string {
    return this.add('Transpose', [name], output, { perm: ints(perm) }, '')
  }

  /** Appends a node; what has that name already is taken for the same. */
  add(opType: string, inputs: readonly string[], output: string, attributes: Attributes = {}, domain: string = blockedDomain): string {
    if (!this.#made.has(output)) this.nodes.push({ name: output, opType, domain, inputs, outputs: [output], attributes: attributesOf(attributes) })
    this.#made.add(output)
    return output
  }

  has(output: string): boolean {
    return this.#made.has(output)
  }

  scalar(value: number): string {
    const name = `blocked/scalar/${value}`
    this.initializers.set(name, float32Tensor([], [value]))
    return name
  }

  integers(values: readonly number[]): string {
    const name = `blocked/integers/${values.join(',')}`
    this.initializers.set(name, int64Tensor([values.length], values))
    return name
  }

  /** Takes back the blocked convolution that makes a value for a single reader, to be made together with that; undefined where something else makes it, or with something already. */
  takeBack(name: string): Node | undefined {
    const at = this.nodes.findLastIndex((node) => node.outputs[0] === this.#blocked.get(name))
    const node = this.nodes[at]
    if (node?.opType !== 'Conv' || node.domain !== blockedDomain || node.attributes.has('activation') || this.readers.get(name) !== 1) return undefined
    this.nodes.splice(at, 1)
    return node
  }

  #keep(name: string, blocked: string): string {
    this.#blocked.set(name, blocked)
    return blocked
  }
}
