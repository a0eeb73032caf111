/** MessageChannelMain, and the tables by which its ports move to a page or to a utility process. */
import { EventEmitter } from 'node:events'

interface FarEnd { readonly deliver: (data: unknown) => void; readonly close: () => void }

export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain = this
  #far: FarEnd | undefined
  #started = false
  #queue: unknown[] = []

  postMessage(data: unknown): void { this.peer.#receive(data) }

  start(): void {
    this.#started = true
    for (const data of this.#queue.splice(0)) this.#receive(data)
  }

  close(): void { if (this.peer.#far) this.peer.#far.close(); else this.peer.emit('close') }

  /** From here on the port lives elsewhere; what waited goes there first. */
  moveTo(far: FarEnd): void {
    this.#far = far
    for (const data of this.#queue.splice(0)) far.deliver(data)
  }

  #receive(data: unknown): void {
    if (this.#far) this.#far.deliver(data)
    else if (this.#started) this.emit('message', { data, ports: [] })
    else this.#queue.push(data)
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()
  constructor() {
    this.port1.peer = this.port2
    this.port2.peer = this.port1
  }
}

export type PortFrame = { readonly port: number; readonly data: unknown } | { readonly port: number; readonly closed: true }

export const isPortFrame = (frame: unknown): frame is PortFrame => typeof frame === 'object' && frame !== null && 'port' in frame

/** The ports that moved over one connection, by number. */
export class PortTable {
  #ports = new Map<number, MessagePortMain>()
  #next = 1
  readonly #send: (frame: PortFrame) => void
  constructor(send: (frame: PortFrame) => void) { this.#send = send }

  /** Moves ports: `announce` tells their numbers to the other side before the first message comes. */
  transfer(ports: readonly MessagePortMain[], announce: (numbers: number[]) => void): void {
    const numbers = ports.map((port) => {
      this.#ports.set(this.#next, port)
      return this.#next++
    })
    announce(numbers)
    ports.forEach((port, index) => {
      const number = numbers[index] ?? 0
      port.moveTo({ deliver: (data) => { this.#send({ port: number, data }) }, close: () => { this.#send({ port: number, closed: true }) } })
    })
  }

  receive(frame: PortFrame): void {
    const port = this.#ports.get(frame.port)
    if ('data' in frame) port?.postMessage(frame.data)
    else if (this.#ports.delete(frame.port)) port?.close()
  }

  /** The other side is gone. */
  closeAll(): void {
    for (const port of this.#ports.values()) port.close()
    this.#ports.clear()
  }
}
