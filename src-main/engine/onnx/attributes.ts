/** Reading a node's attributes with their defaults, and making them. */
import { AppError } from '#contract/errors.ts'
import type { Attribute, Attributes, Graph, Node, Tensor } from './model.ts'

type ValueByKind = { readonly [A in Exclude<Attribute, { kind: 'opaque' }> as A['kind']]: A['value'] }
type Kind = keyof ValueByKind

function read<K extends Kind>(node: Pick<Node, 'name' | 'opType' | 'attributes'>, name: string, kind: K): ValueByKind[K] | undefined {
  const attribute = node.attributes.get(name)
  if (!attribute) return undefined
  if (attribute.kind !== kind)
    throw new AppError('model-invalid', `Attribute '${name}' of ${node.opType} (node '${node.name}') is of kind ${attribute.kind}; ${kind} was expected.`)
  return (attribute as unknown as { value: ValueByKind[K] }).value
}

type Holder = Pick<Node, 'name' | 'opType' | 'attributes'>
export const intOf = (node: Holder, name: string, otherwise: number): number => read(node, name, 'int') ?? otherwise
export const floatOf = (node: Holder, name: string, otherwise: number): number => read(node, name, 'float') ?? otherwise
export const stringOf = (node: Holder, name: string, otherwise: string): string => read(node, name, 'string') ?? otherwise
export const intsOf = (node: Holder, name: string): readonly number[] | undefined => read(node, name, 'ints')
export const floatsOf = (node: Holder, name: string): readonly number[] | undefined => read(node, name, 'floats')
export const stringsOf = (node: Holder, name: string): readonly string[] | undefined => read(node, name, 'strings')
export const tensorAttributeOf = (node: Holder, name: string): Tensor | undefined => read(node, name, 'tensor')
export const graphAttributeOf = (node: Holder, name: string): Graph | undefined => read(node, name, 'graph')

export const int = (value: number): Attribute => ({ kind: 'int', value })
export const float = (value: number): Attribute => ({ kind: 'float', value })
export const string = (value: string): Attribute => ({ kind: 'string', value })
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value })
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value })
export const tensor = (value: Tensor): Attribute => ({ kind: 'tensor', value })

/** Attributes from a record; entries that are undefined are left out. */
export function attributesOf(record: Readonly<Record<string, Attribute | undefined>>): Attributes {
  return new Map(Object.entries(record).filter((entry): entry is [string, Attribute] => entry[1] !== undefined))
}
