/** The engine as components and stores see it: one typed client, injected, so that tests can hand in another. */
import type { ContractRouterClient } from '@orpc/contract'
import { hasInjectionContext, inject } from 'vue'
import type { App, InjectionKey } from 'vue'
import type { Contract } from '#contract/index.ts'

export type EngineClient = ContractRouterClient<Contract>

export interface Engine {
  readonly client: EngineClient
  /** Calls in flight have been rejected with 'engine-lost'; a fresh engine is on its way. */
  readonly onLost: (listener: () => void) => void
  readonly onRestored: (listener: () => void) => void
  /** Where a dropped or picked file lies, when the shell may say so; otherwise its content is uploaded. */
  readonly pathOf: (file: File) => string | undefined
  /** The system asked to open a file: its menu, a double click, a second start. */
  readonly onOpenFile: (listener: (path: string) => void) => void
}

const engineKey: InjectionKey<Engine> = Symbol('engine')

export function provideEngine(app: App, engine: Engine): void {
  app.provide(engineKey, engine)
}

export function useEngine(): Engine {
  const engine = hasInjectionContext() ? inject(engineKey, null) : null
  if (engine === null) throw new Error('useEngine() needs an application made with provideEngine().')
  return engine
}
