/** The moment of a run that is looked at: the present, or an epoch of its past. */
import { onScopeDispose, ref, watch } from 'vue'
import { computed } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import type { Epoch, RunDetail } from '#contract/training.ts'

export interface Replay {
  /** What the slider shows; the last epoch while live. */
  readonly epoch: ComputedRef<number>
  readonly live: ComputedRef<boolean>
  readonly shown: ComputedRef<Epoch | null>
  readonly playing: Ref<boolean>
  readonly seek: (epoch: number) => void
  readonly goLive: () => void
  readonly toggle: () => void
}

const msPerEpoch = 420

export function useReplay(run: () => RunDetail | null): Replay {
  const chosen = ref<number | null>(null)
  const playing = ref(false)
  const last = computed(() => run()?.history.at(-1)?.epoch ?? 0)
  const epoch = computed(() => Math.min(chosen.value ?? last.value, last.value))
  const shown = computed(() => run()?.history.find((entry) => entry.epoch === epoch.value) ?? null)
  let timer: ReturnType<typeof setInterval> | undefined

  function stop(): void {
    clearInterval(timer)
    playing.value = false
  }
  function seek(wanted: number): void {
    stop()
    chosen.value = Math.max(0, Math.min(last.value, wanted))
  }
  function goLive(): void {
    stop()
    chosen.value = null
  }
  function toggle(): void {
    if (playing.value) return stop()
    if (last.value === 0) return
    if (chosen.value === null || chosen.value >= last.value) chosen.value = 0
    playing.value = true
    timer = setInterval(() => {
      const next = (chosen.value ?? 0) + 1
      if (next > last.value) goLive()
      else chosen.value = next
    }, msPerEpoch)
  }

  watch(() => run()?.summary.id, goLive)
  onScopeDispose(stop)
  return { epoch, live: computed(() => chosen.value === null), shown, playing, seek, goLive, toggle }
}
