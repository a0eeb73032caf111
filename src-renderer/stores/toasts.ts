/** Short messages over the stage, read out to screen readers. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { toFailure } from '#renderer/api/errors.ts'

export type ToastLevel = 'info' | 'success' | 'warning' | 'error'
export interface Toast {
  readonly id: number
  readonly level: ToastLevel
  readonly message: string
  readonly action?: { readonly title: string; readonly run: () => void }
}

const lifeMs: Record<ToastLevel, number> = { info: 6_000, success: 5_000, warning: 10_000, error: 20_000 }
const mostShown = 4

export const useToasts = defineStore('toasts', () => {
  const toasts = shallowRef<readonly Toast[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let nextId = 1

  function dismiss(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function push(level: ToastLevel, message: string, action?: Toast['action']): number {
    const same = toasts.value.find((toast) => toast.level === level && toast.message === message)
    if (same !== undefined) dismiss(same.id)
    const id = nextId++
    toasts.value = [...toasts.value, { id, level, message, ...(action === undefined ? {} : { action }) }].slice(-mostShown)
    timers.set(id, setTimeout(() => dismiss(id), lifeMs[level]))
    return id
  }

  /** Shows what went wrong, unless nothing did (cancelled) or it is being healed (engine lost). */
  function pushError(error: unknown): void {
    const failure = toFailure(error)
    if (failure.kind === 'expected' || failure.kind === 'bug') push('error', failure.message)
  }

  return { toasts, push, pushError, dismiss }
})
