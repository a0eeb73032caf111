/** Whether the engine answers. `epoch` grows with every fresh engine: what was asked of the old one is asked again. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { useToasts } from './toasts.ts'

export const useConnection = defineStore('connection', () => {
  const engine = useEngine()
  const toasts = useToasts()
  const state = ref<'connected' | 'lost'>('connected')
  const epoch = ref(0)

  engine.onLost(() => {
    if (state.value === 'lost') return
    state.value = 'lost'
    toasts.push('warning', 'The engine stopped. It is being restarted; your model and picture will be opened again.')
  })
  engine.onRestored(() => {
    state.value = 'connected'
    epoch.value += 1
    toasts.push('success', 'The engine is back.')
  })

  return { state, epoch }
})
