import type { Example } from '#contract/training.ts'

/** Examples that are asked for when they are to be seen. */
export interface ExampleRequest {
  readonly title: string
  readonly description?: string
  /** Differs from any other request. */
  readonly key: string
  readonly fetch: (signal: AbortSignal) => Promise<readonly Example[]>
}
