/** The commonest change between operator sets: an attribute became an input. */
import { float32Tensor, int64Tensor, tensorOfNumbers } from '../tensor-data.ts'
import type { Attribute, Attributes, Node } from '../model.ts'
import type { UpgradeContext } from './define-upgrade.ts'
import { dataTypeOf } from './define-upgrade.ts'

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return new Map([...attributes].filter(([name]) => !names.includes(name)))
}

/** A constant of integers; '' (an omitted input) for an absent list. */
export const integersInput = (context: UpgradeContext, values: readonly number[] | undefined): string =>
  values === undefined ? '' : context.constant(int64Tensor([values.length], values))

/** A scalar of the element type of the node's first input, and the nodes that make it so where that type is not known. */
export function scalarInput(context: UpgradeContext, value: number): { readonly name: string; readonly nodes: readonly Node[] } {
  const dataType = dataTypeOf(context)
  if (dataType) return { name: context.constant(tensorOfNumbers(dataType, [], [value])), nodes: [] }
  const name = context.fresh('scalar')
  return { name, nodes: [context.make('CastLike', [context.constant(float32Tensor([], [value])), context.node.inputs[0] ?? ''], [name])] }
}

/** The node with other inputs and fewer attributes. */
export function withInputs(node: Node, inputs: readonly string[], attributes: Attributes, added: Readonly<Record<string, Attribute>> = {}): Node {
  return { ...node, inputs: inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1), attributes: new Map([...attributes, ...Object.entries(added)]) }
}
