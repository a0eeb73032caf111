/** Upgrades by operator: what the files in `rules/` export. */
import { invariant } from '#contract/errors.ts'
import type { Upgrade } from './define-upgrade.ts'

const files = import.meta.glob<Upgrade>('./rules/*.ts', { eager: true, import: 'default' })
const upgrades = new Map<string, Upgrade>()
for (const [file, upgrade] of Object.entries(files))
  for (const op of upgrade.ops) {
    invariant(!upgrades.has(op), `${op} is upgraded twice, the second time by ${file}`)
    upgrades.set(op, upgrade)
  }

export const upgradeOf = (opType: string): Upgrade | undefined => upgrades.get(opType)
export const upgradedOperators = (): readonly string[] => [...upgrades.keys()]
