/** The steps of a run: all of them for the doctor and the curves, those that are still to be told of and written down, and their pace. */
import type { StepRecord } from '#contract/training.ts'
import type { StepObservation } from './doctor/observation.ts'
import { median } from './doctor/measures.ts'
import { recordOf } from './run-words.ts'

/** Steps whose times the pace is the median of: the first one, which makes everything ready, does not count for more than it is. */
const pacedSteps = 31

export class StepLog {
  readonly #observations: StepObservation[]
  readonly #records: StepRecord[]
  #unsent: StepRecord[] = []
  #unwritten: StepObservation[] = []
  #times: readonly number[] = []

  /** `earlier`: steps that are on disk already. */
  constructor(earlier: readonly StepObservation[]) {
    this.#observations = [...earlier]
    this.#records = earlier.map(recordOf)
  }

  get observations(): readonly StepObservation[] { return this.#observations }
  get records(): readonly StepRecord[] { return this.#records }
  get unwritten(): number { return this.#unwritten.length }

  /** Milliseconds a step takes; undefined before the first one was timed. */
  get msPerStep(): number | undefined {
    return this.#times.length === 0 ? undefined : median(this.#times)
  }

  add(observation: StepObservation): StepRecord {
    const record = recordOf(observation)
    this.#observations.push(observation)
    this.#records.push(record)
    this.#unsent.push(record)
    this.#unwritten.push(observation)
    return record
  }

  /** A step that was not made: part of what the doctor sees, and of nothing else. */
  addFailed(observation: StepObservation): void {
    this.#observations.push(observation)
  }

  time(ms: number): void {
    this.#times = [...this.#times.slice(1 - pacedSteps), ms]
  }

  takeUnsent(): StepRecord[] {
    const steps = this.#unsent
    this.#unsent = []
    return steps
  }

  takeUnwritten(): StepObservation[] {
    const steps = this.#unwritten
    this.#unwritten = []
    return steps
  }
}
