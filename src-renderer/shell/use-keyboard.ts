/** Keys for commands. Nothing fires while a dialog is open, except what belongs to it. */
import { useEventListener } from '@vueuse/core'
import { useCommandStore } from '#renderer/stores/commands.ts'
import { isTyping, matchesKeys } from './keys.ts'

export function useKeyboard(): void {
  const store = useCommandStore()
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('[role="dialog"][data-state="open"]') !== null) return
    const command = store.all.find(({ keys, enabled }) => keys !== undefined && matchesKeys(event, keys) && enabled?.() !== false)
    if (command === undefined || (isTyping(event.target) && !command.keys?.includes('Mod'))) return
    event.preventDefault()
    command.run()
  })
}
