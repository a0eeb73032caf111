/** Pause, one step, going on, stopping: asked for at any time, heard before the next step. */
export class Controls {
  readonly #abort = new AbortController()
  #paused = false
  /** Steps that may be made while paused. */
  #granted = 0
  #wake: (() => void) | undefined

  /** Aborted when the run is stopped. */
  get signal(): AbortSignal { return this.#abort.signal }
  get stopped(): boolean { return this.#abort.signal.aborted }
  /** Whether the next step may begin; a granted step is used up. */
  get isOpen(): boolean {
    if (this.stopped) return false
    if (!this.#paused) return true
    if (this.#granted === 0) return false
    this.#granted--
    return true
  }

  pause(): void { this.#paused = true }
  resume(): void { this.#paused = false; this.#rouse() }
  step(): void { this.#paused = true; this.#granted++; this.#rouse() }
  stop(): void { this.#abort.abort(); this.#rouse() }

  /** Until a step may be made: true; or the run is stopped: false. */
  async wait(): Promise<boolean> {
    while (!this.stopped) {
      if (this.isOpen) return true
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
    return false
  }

  #rouse(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
