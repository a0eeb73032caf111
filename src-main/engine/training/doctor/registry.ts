/** Every rule of `rules/`. */
import { invariant } from '#contract/errors.ts'
import type { DoctorRule } from './define-rule.ts'

const files = import.meta.glob<DoctorRule>('./rules/*.ts', { eager: true, import: 'default' })

function collect(): readonly DoctorRule[] {
  const rules = new Map<string, DoctorRule>()
  for (const [path, rule] of Object.entries(files)) {
    invariant(path.endsWith(`/${rule.id}.ts`), `${path} holds the doctor's rule '${rule.id}'; a rule's file has its id`)
    rules.set(rule.id, rule)
  }
  for (const rule of rules.values()) for (const id of rule.explains) invariant(rules.has(id) && id !== rule.id, `the doctor's rule '${rule.id}' explains '${id}', which is no other rule`)
  return [...rules.values()].sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id))
}

export const doctorRules: readonly DoctorRule[] = collect()
