/** Every gradient rule of `rules/`, and what is known of the gradient of any operator. */
import { invariant } from '#contract/errors.ts'
import type { Node } from '../onnx/model.ts'
import type { GradientRule } from './define-gradient.ts'
import { nonDifferentiable } from './non-differentiable.ts'
import { refusalOf } from './refused.ts'

const modules = import.meta.glob<{ readonly default: GradientRule }>('./rules/*.ts', { eager: true })

const keyOf = (opType: string, domain: string): string => (domain === '' || domain === 'ai.onnx' ? opType : `${domain}::${opType}`)

function collect(): ReadonlyMap<string, GradientRule> {
  const rules = new Map<string, GradientRule>()
  for (const [path, { default: rule }] of Object.entries(modules)) {
    invariant(rule, `${path} has no default export`)
    invariant(path.endsWith(`/${rule.op}.ts`), `${path} holds the gradient rule of ${rule.op}; a rule's file has its operator's name`)
    const key = keyOf(rule.op, rule.domain ?? '')
    invariant(!rules.has(key), `two gradient rules for ${key}`)
    invariant(!nonDifferentiable.has(key) && !refusalOf(rule.op, rule.domain ?? ''), `${key} has a gradient rule and is declared non-differentiable or refused`)
    rules.set(key, rule)
  }
  return rules
}

/** Rules by operator name, `domain::Operator` outside the standard domain. */
export const gradientRules: ReadonlyMap<string, GradientRule> = collect()

export type GradientState =
  | { readonly state: 'rule'; readonly rule: GradientRule }
  | { readonly state: 'non-differentiable' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'missing' }

/** What happens when a gradient reaches this node. */
export function gradientStateOf(node: Pick<Node, 'opType' | 'domain'>): GradientState {
  const key = keyOf(node.opType, node.domain)
  const rule = gradientRules.get(key)
  if (rule) return { state: 'rule', rule }
  if (nonDifferentiable.has(key)) return { state: 'non-differentiable' }
  const reason = refusalOf(node.opType, node.domain)
  return reason === undefined ? { state: 'missing' } : { state: 'refused', reason }
}

/** Whether the rule gives a gradient to that input (a rest rule decides when it is called). */
export const isDifferentiableAt = (rule: GradientRule, index: number): boolean =>
  typeof rule.gradient === 'function' || rule.gradient[index] !== undefined
