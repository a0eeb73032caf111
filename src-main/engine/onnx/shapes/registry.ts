/** Shape rules and evaluations by operator: what the files in `rules/` and `evaluations/` export. */
import { invariant } from '#contract/errors.ts'
import { isStandard } from '../model.ts'
import type { Node } from '../model.ts'
import type { Evaluation } from './define-evaluation.ts'
import type { ShapeRule } from './define-shape.ts'

function byOperator<T extends { readonly ops: readonly string[] }>(files: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  const entries = new Map<string, T>()
  for (const [file, entry] of Object.entries(files))
    for (const op of entry.ops) {
      invariant(!entries.has(op), `${op} is registered twice, the second time by ${file}`)
      entries.set(op, entry)
    }
  return entries
}

const rules = byOperator(import.meta.glob<ShapeRule>('./rules/*.ts', { eager: true, import: 'default' }))
const evaluations = byOperator(import.meta.glob<Evaluation>('./evaluations/*.ts', { eager: true, import: 'default' }))

/** Operators are keyed as rules name them: 'Conv', 'com.microsoft::FusedConv'. */
export const operatorKey = (node: Pick<Node, 'domain' | 'opType'>): string => (isStandard(node) ? node.opType : `${node.domain}::${node.opType}`)

export const shapeRuleOf = (node: Pick<Node, 'domain' | 'opType'>): ShapeRule | undefined => rules.get(operatorKey(node))
export const evaluationOf = (node: Pick<Node, 'domain' | 'opType'>): Evaluation | undefined => evaluations.get(operatorKey(node))
export const operatorsWithShapeRule = (): readonly string[] => [...rules.keys()]
