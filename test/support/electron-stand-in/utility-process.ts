/** Electron's utility process as a child process of Node, with `process.parentPort` put in front of its script. */
import { fork as forkChild } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { note } from './controls.ts'
import { isPortFrame, PortTable } from './message-ports.ts'
import type { MessagePortMain } from './message-ports.ts'

interface ForkOptions { readonly serviceName?: string; readonly env?: Readonly<Record<string, string | undefined>>; readonly stdio?: 'inherit' }

class UtilityProcess extends EventEmitter {
  readonly #child
  readonly #ports
  constructor(script: string, args: readonly string[], options: ForkOptions) {
    super()
    const child = forkChild(script, args, {
      serialization: 'advanced', env: options.env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--import', new URL('parent-port.js', import.meta.url).href],
    })
    this.#child = child
    this.#ports = new PortTable((frame) => { if (child.connected) child.send(frame) })
    child.on('message', (message: unknown) => { if (isPortFrame(message)) this.#ports.receive(message); else this.emit('message', message) })
    child.once('exit', (code) => {
      this.#ports.closeAll()
      this.emit('exit', code ?? 1)
    })
    note({ type: 'utility-process', pid: child.pid ?? 0, service: options.serviceName ?? '' })
  }

  postMessage(data: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#ports.transfer(transfer, (ports) => {
      if (ports.length > 0) note({ type: 'port-handed', pid: this.#child.pid ?? 0 })
      if (this.#child.connected) this.#child.send({ data, ports })
    })
    // A port that is sent to a process that is gone is closed.
    if (!this.#child.connected) this.#ports.closeAll()
  }

  kill(): boolean { return this.#child.kill() }
}

export const utilityProcess = { fork: (script: string, args: readonly string[] = [], options: ForkOptions = {}) => new UtilityProcess(script, args, options) }
