/**
 * Whether the engine answers. With a fresh engine, what was open is opened again first; then `epoch` grows, and what was
 * asked of the old engine is asked again.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { useToasts } from './toasts.ts'

export const useConnection = defineStore('connection', () => {
  const engine = useEngine()
  const toasts = useToasts()
  const state = ref<'connected' | 'lost'>('connected')
  const epoch = ref(0)
  const reopeners: (() => Promise<void>)[] = []

  engine.onLost(() => {
    if (state.value === 'lost') return
    state.value = 'lost'
    toasts.push('warning', 'The engine stopped. It is being restarted; your model and picture will be opened again.')
  })
  engine.onRestored(() => void restore())

  async function restore(): Promise<void> {
    state.value = 'connected'
    await Promise.all(reopeners.map((reopen) => reopen()))
    epoch.value += 1
    toasts.push('success', 'The engine is back.')
  }

  const onReopen = (reopen: () => Promise<void>): void => { reopeners.push(reopen) }

  return { state, epoch, onReopen }
})
