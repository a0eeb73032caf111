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
  /** Among findings of one severity: lower first. Data 0..19, arithmetic and scale 20..49, layers 50..69, outcome 70..99. */
  readonly rank: number
  /** Rules whose findings may be but consequences of this one's: they come behind it, whatever their severity. */
  readonly explains: readonly string[]
  readonly examine: (observation: RunObservation) => readonly Diagnosis[]
}

export const defineRule = (rule: DoctorRule): DoctorRule => rule
