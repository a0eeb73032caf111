import type { Component } from 'vue'

export interface Shortcut {
  /** As a person reads it: 'Arrow keys', 'Home', 'F'. */
  readonly keys: string
  readonly does: string
}

/** One place of the application. The rail, the addresses, the palette and the list of shortcuts derive from it. */
export interface Workspace {
  /** In the address: `#/<id>`. */
  readonly id: string
  readonly title: string
  /** One sentence, for the palette and the tooltip. */
  readonly summary: string
  readonly icon: Component
  /** Ascending in the rail. */
  readonly order: number
  /** 'end' stands at the rail's lower end. */
  readonly place: 'main' | 'end'
  readonly view: () => Promise<{ default: Component }>
  /** Keys that the view handles itself; commands with keys list themselves. */
  readonly shortcuts: readonly Shortcut[]
}

export const defineWorkspace = (workspace: Workspace): Workspace => workspace
