/** Everything one can do by name or by key: the palette, the keyboard and the list of shortcuts read it. */
import { tryOnScopeDispose } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, getCurrentInstance, onActivated, onDeactivated, shallowReactive } from 'vue'
import type { Component } from 'vue'

export interface Command {
  readonly id: string
  readonly title: string
  /** Heading in the palette and in the list of shortcuts: 'Go to', 'Explain'. */
  readonly group: string
  /** 'Mod+K' (Ctrl, or Command on a Mac), 'Shift+?', 'G'. Single letters do not fire while typing. */
  readonly keys?: string
  readonly icon?: Component
  /** Words to find it by, beyond its title. */
  readonly words?: string
  readonly enabled?: () => boolean
  readonly run: () => void
}

export const useCommandStore = defineStore('commands', () => {
  const commands = shallowReactive(new Map<string, Command>())
  const all = computed(() => [...commands.values()])
  return { commands, all }
})

/** Offers commands for as long as the component is on the screen. */
export function useCommands(commands: readonly Command[]): void {
  const store = useCommandStore()
  const offer = (): void => { for (const command of commands) store.commands.set(command.id, command) }
  const withdraw = (): void => { for (const { id } of commands) store.commands.delete(id) }
  offer()
  if (getCurrentInstance() !== null) {
    onActivated(offer)
    onDeactivated(withdraw)
  }
  tryOnScopeDispose(withdraw)
}
