/** The engine as Electron's utility process; pages are handed their own MessagePort to it, without a relay. */
import { utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess } from 'electron'
import { engineEnvironment } from '#rpc/engine-environment.ts'
import type { EngineProcess } from '#rpc/supervisor.ts'
import { isFrame } from '#rpc/process-channel.ts'

export interface UtilityEngine {
  readonly start: () => EngineProcess
  /** Gives a port to the running engine, or to the next one where none answers yet; resolves when it is given. */
  readonly hand: (port: MessagePortMain) => Promise<void>
}

export function forkUtilityEngine(script: string, environment: Readonly<Record<string, string>>): UtilityEngine {
  let answering: UtilityProcess | undefined
  const waiting: ((child: UtilityProcess) => void)[] = []

  function start(): EngineProcess {
    const child = utilityProcess.fork(script, [], { serviceName: 'Phosphene engine', env: { ...process.env, ...engineEnvironment, ...environment }, stdio: 'inherit' })
    child.on('message', (frame: unknown) => {
      if (!isFrame(frame) || frame.type !== 'ready') return
      answering = child
      for (const give of waiting.splice(0)) give(child)
    })
    return {
      send: (frame) => { child.postMessage(frame) },
      onFrame: (listener) => { child.on('message', listener) },
      onExit: (listener) => {
        child.once('exit', (code) => {
          if (answering === child) answering = undefined
          listener(`ended with exit code ${code}`)
        })
      },
      stop: () => { child.kill() },
    }
  }

  return {
    start,
    async hand(port) {
      const child = answering ?? await new Promise<UtilityProcess>((give) => { waiting.push(give) })
      child.postMessage(null, [port])
    },
  }
}
