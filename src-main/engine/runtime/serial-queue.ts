/** Tasks one after another. Aborting drops a waiting task; of a running one it discards the result. Both reject at once. */
import { AppError } from '#contract/errors.ts'

export const cancelled = (): AppError => new AppError('cancelled', 'Cancelled.')

interface Waiting {
  readonly start: () => Promise<unknown>
}

export class SerialQueue {
  #waiting: Waiting[] = []
  #running = false

  /** Tasks that wait or run. */
  get length(): number {
    return this.#waiting.length + (this.#running ? 1 : 0)
  }

  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled())
      const entry: Waiting = { start: () => task().then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort)) }
      const abort = (): void => {
        const index = this.#waiting.indexOf(entry)
        if (index >= 0) this.#waiting.splice(index, 1)
        reject(cancelled())
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.push(entry)
      void this.#work()
    })
  }

  async #work(): Promise<void> {
    if (this.#running) return
    this.#running = true
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await next.start()
    this.#running = false
  }
}
