/**
 * The engine as a process of its own: started by the desktop shell (Electron utility process) or by `serve` (child
 * process), it answers the contract over whatever ports its parent opens or hands it.
 */
import { acceptConnections, isFrame } from '#rpc/process-channel.ts'
import type { Frame } from '#rpc/process-channel.ts'
import { portOfEmittingPort } from '#rpc/port.ts'
import type { EmittingPort } from '#rpc/port.ts'
import { createRpcServer } from '#rpc/server.ts'
import { createEngine } from './engine.ts'

/** Electron's `process.parentPort`, as far as it is used; absent in a plain Node child. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly EmittingPort[] }) => void): void
  postMessage(message: unknown): void
}

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
const send = (frame: Frame): void => { if (parentPort) parentPort.postMessage(frame); else process.send?.(frame) }

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`The engine process was started without ${name}.`)
  return value
}

const engine = await createEngine({
  dataFolder: required('PHOSPHENE_DATA'),
  resourcesFolder: required('PHOSPHENE_RESOURCES'),
  shell: parentPort ? 'desktop' : 'browser',
})
const server = createRpcServer(engine.router)
const connections = acceptConnections(send, server.attach)

if (parentPort) {
  parentPort.on('message', ({ data, ports }) => {
    for (const port of ports) server.attach(portOfEmittingPort(port))
    if (isFrame(data)) connections.receive(data)
  })
} else {
  process.on('message', (frame) => { if (isFrame(frame)) connections.receive(frame) })
  // The parent is gone: nobody will ever hear an answer.
  process.on('disconnect', () => { void engine.dispose().finally(() => process.exit(0)) })
}
send({ type: 'ready' })
