/** Moves a picture that lies on the host. One evaluation of the loss a step. */
export interface PictureOptimiser {
  /** Moves `x` downhill, in place. Keeps `gradient`, which the caller does not use again. */
  step(x: Float32Array, gradient: Float32Array): void
  /** What is shown while `x` is where it is. */
  picture(x: Float32Array): Float32Array
  /** The loss changed: what was learnt of its shape does not hold any more. */
  reset(): void
  /** What a run is resumed from, beside x. Views, not copies. */
  readonly state: Readonly<Record<string, Float32Array>>
  restore(state: Readonly<Record<string, Float32Array>>): void
}
