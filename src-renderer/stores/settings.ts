/** Settings that the engine keeps, applied to the page. The theme is also kept by the page, so that it starts in the right one. */
import { usePreferredDark, usePreferredReducedMotion } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Settings } from '#contract/application.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useConnection } from './connection.ts'
import { useToasts } from './toasts.ts'

const initial: Settings = { theme: 'dark', device: 'auto', threads: 0, reducedMotion: 'system', colorMap: 'inferno' }
const storageKey = 'phosphene.appearance'

export const useSettings = defineStore('settings', () => {
  const { client } = useEngine()
  const toasts = useToasts()
  const connection = useConnection()
  const settings = shallowRef<Settings>({ ...initial, ...readAppearance() })
  const prefersDark = usePreferredDark()
  const prefersReducedMotion = usePreferredReducedMotion()

  const theme = computed<'dark' | 'light'>(() => (settings.value.theme === 'system' ? (prefersDark.value ? 'dark' : 'light') : settings.value.theme))
  const reducedMotion = computed(() => (settings.value.reducedMotion === 'system' ? prefersReducedMotion.value === 'reduce' : settings.value.reducedMotion === 'on'))
  const colorMap = computed(() => settings.value.colorMap)

  async function load(): Promise<void> {
    try {
      settings.value = await client.application.settings()
    } catch (error) {
      toasts.pushError(error)
    }
  }

  /** Applies at once; goes back to what the engine has when it could not be kept. */
  async function change(part: Partial<Settings>): Promise<void> {
    const before = settings.value
    settings.value = { ...before, ...part }
    try {
      settings.value = await client.application.setSettings(part)
    } catch (error) {
      settings.value = before
      toasts.pushError(error)
    }
  }

  watch([theme, reducedMotion], () => {
    document.documentElement.dataset['theme'] = theme.value
    document.documentElement.dataset['motion'] = reducedMotion.value ? 'reduced' : 'full'
  }, { immediate: true, flush: 'sync' })
  watch(settings, ({ theme: chosen, reducedMotion: motion }) => {
    localStorage.setItem(storageKey, JSON.stringify({ theme: chosen, reducedMotion: motion }))
  })
  watch(() => connection.epoch, () => void load(), { immediate: true })

  return { settings, theme, reducedMotion, colorMap, change }
})

function readAppearance(): Partial<Settings> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    const { theme, reducedMotion } = kept as Record<string, unknown>
    return {
      ...(theme === 'dark' || theme === 'light' || theme === 'system' ? { theme } : {}),
      ...(reducedMotion === 'on' || reducedMotion === 'off' || reducedMotion === 'system' ? { reducedMotion } : {}),
    }
  } catch {
    return {}
  }
}
