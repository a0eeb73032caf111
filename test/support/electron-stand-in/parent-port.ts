/** Runs before a utility process's script: `process.parentPort` in place of Node's own channel. */
import { EventEmitter } from 'node:events'
import { isPortFrame, MessageChannelMain } from './message-ports.ts'
import type { MessagePortMain } from './message-ports.ts'

const channel = process.send?.bind(process)
process.send = undefined
const toParent = (message: unknown): void => { channel?.(message) }

const parentPort = Object.assign(new EventEmitter(), { postMessage: (data: unknown) => { toParent(data) } })
/** By number: the near end of each port whose far end the script holds. */
const ports = new Map<number, MessagePortMain>()
const waiting: unknown[] = []

function adopt(number: number): MessagePortMain {
  const { port1, port2 } = new MessageChannelMain()
  port2.moveTo({ deliver: (data) => { toParent({ port: number, data }) }, close: () => { toParent({ port: number, closed: true }) } })
  ports.set(number, port2)
  return port1
}

function receive(message: unknown): void {
  if (isPortFrame(message)) {
    const port = ports.get(message.port)
    if ('data' in message) port?.postMessage(message.data)
    else port?.close()
    return
  }
  const { data, ports: numbers } = message as { data: unknown; ports: number[] }
  parentPort.emit('message', { data, ports: numbers.map(adopt) })
}

parentPort.on('newListener', (event) => {
  if (event === 'message') queueMicrotask(() => { for (const message of waiting.splice(0)) receive(message) })
})
process.on('message', (message) => { if (parentPort.listenerCount('message') > 0 && waiting.length === 0) receive(message); else waiting.push(message) })
process.on('disconnect', () => { process.exit(0) })
Object.assign(process, { parentPort })
