/** One thing that can go wrong with a run: one file in `rules/`, a pure function of what was observed. */
import type { Finding, Fix } from '#contract/training.ts'
import type { RunObservation } from './observation.ts'

/** What a rule says; its id, rule, epoch and step are added. */
export type Diagnosis = Omit<Finding, 'id' | 'rule' | 'epoch' | 'step' | 'source' | 'fixes'> & {
  /** Tells the rule's diagnoses apart where there are several, by layer or class. */
  readonly about?: string
  readonly fixes: readonly Fix[]
}

export interface DoctorRule {
  /** The file's name. */
  readonly id: string
  /** Thresholds and where they come from. */
  readonly source: string
  /** Lower is nearer the root: data (0..19), arithmetic (20..39), rate and scale (40..59), layers (60..79), outcome (80..99). */
  readonly rank: number
  /** Rules whose findings are but consequences of this one's, and are left out beside it. */
  readonly explains: readonly string[]
  readonly examine: (observation: RunObservation) => readonly Diagnosis[]
}

export const defineRule = (rule: DoctorRule): DoctorRule => rule
