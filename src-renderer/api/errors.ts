/** What a failed call means to the person in front of it. */
import { isAppError } from '#contract/errors.ts'

export interface Failure {
  /** 'cancelled' is never shown; 'lost' heals by itself; a bug asks to be reported. */
  readonly kind: 'expected' | 'bug' | 'cancelled' | 'lost'
  readonly message: string
}

export function toFailure(error: unknown): Failure {
  if (isAppError(error)) {
    if (error.code === 'cancelled') return { kind: 'cancelled', message: error.message }
    if (error.code === 'engine-lost') return { kind: 'lost', message: error.message }
    return { kind: error.code === 'bug' ? 'bug' : 'expected', message: error.message }
  }
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled', message: 'Cancelled.' }
  return { kind: 'bug', message: error instanceof Error ? error.message : String(error) }
}
