/** Values that change over time; the stage draws while one is running. */

export interface Tween {
  /** Advances to `now` (ms); true while it is still running. */
  readonly step: (now: number) => boolean
  /** Jumps to the end. */
  readonly finish: () => void
}

const easeInOut = (t: number) => (t < 0.5 ? 4 * t * t * t : 1 - Math.pow(-2 * t + 2, 3) / 2)

/** Calls `apply` with an eased 0..1 over `durationMs`; with 0 it applies the end at the first step. */
export function createTween(durationMs: number, apply: (progress: number) => void, done?: () => void): Tween {
  let start: number | undefined
  let over = false
  const end = () => { if (over) return; over = true; apply(1); done?.() }
  return {
    step: (now) => {
      if (over) return false
      start ??= now
      const progress = durationMs <= 0 ? 1 : Math.min(1, (now - start) / durationMs)
      if (progress >= 1) { end(); return false }
      apply(easeInOut(progress))
      return true
    },
    finish: end,
  }
}
