/** Events pushed on one side and awaited on the other. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #wake: (() => void) | undefined
  #ended = false
  #failure: { readonly error: unknown } | undefined

  push(event: T): void {
    this.#waiting.push(event)
    this.#wake?.()
  }

  /** In place of one that waits still and that `replaces` accepts: a slow listener hears the latest only. */
  pushLatest(event: T, replaces: (waiting: T) => boolean): void {
    const at = this.#waiting.findIndex(replaces)
    if (at >= 0) this.#waiting.splice(at, 1)
    this.push(event)
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift()!
      if (this.#failure) throw this.#failure.error
      if (this.#ended) return
      await new Promise<void>((resolve) => { this.#wake = resolve })
      this.#wake = undefined
    }
  }
}

/** Runs `body`, whose pushes are yielded as they come. Ends when it does, and fails as it does. */
export async function* eventsOf<T>(body: (push: (event: T) => void) => Promise<void>): AsyncGenerator<T> {
  const queue = new EventQueue<T>()
  body((event) => queue.push(event)).then(() => queue.end(), (error: unknown) => queue.fail(error))
  yield* queue
}
