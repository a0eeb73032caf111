/**
 * Keeps one engine process alive: starts it, tells when it answers, and starts it again when it dies (a crash in native
 * code or memory running out kills a process, never the application). Knows nothing of what the engine does.
 */
import { createConnections, isFrame } from './process-channel.ts'
import type { Frame } from './process-channel.ts'
import type { Port } from './port.ts'

/** A started process, whichever shell made it. */
export interface EngineProcess {
  readonly send: (frame: Frame) => void
  readonly onFrame: (listener: (frame: unknown) => void) => void
  /** Said once, with what is known of the reason. */
  readonly onExit: (listener: (reason: string) => void) => void
  readonly stop: () => void
}

export interface EngineSupervisor {
  /** A connection to the running engine; waits while it starts. */
  readonly connect: () => Promise<{ port: Port; close: () => void }>
  readonly onLost: (listener: (reason: string) => void) => void
  readonly stop: () => void
}

const firstRestartMs = 100
const longestRestartMs = 10_000
/** An engine that lived this long was healthy: the next restart is quick again. */
const healthyMs = 30_000

export function superviseEngine(start: () => EngineProcess): EngineSupervisor {
  const lostListeners: ((reason: string) => void)[] = []
  let restartMs = firstRestartMs
  let stopped = false
  let current = launch()

  function launch() {
    const child = start()
    const startedAt = Date.now()
    const connections = createConnections(child.send)
    let markReady: () => void = () => undefined
    const ready = new Promise<void>((resolve) => { markReady = resolve })
    child.onFrame((frame) => {
      if (!isFrame(frame)) return
      if (frame.type === 'ready') markReady()
      else connections.receive(frame)
    })
    child.onExit((reason) => {
      if (stopped) return
      if (Date.now() - startedAt > healthyMs) restartMs = firstRestartMs
      const delayMs = restartMs
      restartMs = Math.min(longestRestartMs, restartMs * 2)
      const next = new Promise<void>((resolve) => setTimeout(resolve, delayMs)).then(() => { if (!stopped) current = launch() })
      current = { child, connections, ready: next.then(() => current.ready) }
      connections.lose()
      for (const listener of lostListeners) listener(reason)
    })
    return { child, connections, ready }
  }

  return {
    async connect() {
      await current.ready
      return current.connections.open()
    },
    onLost: (listener) => lostListeners.push(listener),
    stop() {
      stopped = true
      current.child.stop()
    },
  }
}
