/** The engine as a child process of plain Node. */
import { fork } from 'node:child_process'
import { engineEnvironment } from '#rpc/engine-environment.ts'
import type { EngineProcess } from '#rpc/supervisor.ts'

export function forkEngine(script: string, environment: Readonly<Record<string, string>>): EngineProcess {
  const child = fork(script, [], { serialization: 'advanced', env: { ...process.env, ...engineEnvironment, ...environment }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    send: (frame) => { if (child.connected) child.send(frame) },
    onFrame: (listener) => { child.on('message', listener) },
    onExit: (listener) => {
      child.once('exit', (code, signal) => { listener(signal ? `ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`) })
    },
    stop: () => { child.disconnect() },
  }
}
