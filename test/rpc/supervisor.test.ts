import { describe, expect, it } from 'vitest'
import { acceptConnections } from '#rpc/process-channel.ts'
import type { Frame } from '#rpc/process-channel.ts'
import type { Message } from '#rpc/port.ts'
import { superviseEngine } from '#rpc/supervisor.ts'
import type { EngineProcess } from '#rpc/supervisor.ts'

/** A process that echoes every message, and can be killed. */
function echoProcess(): EngineProcess & { kill: () => void } {
  const frameListeners: ((frame: unknown) => void)[] = []
  const exitListeners: ((reason: string) => void)[] = []
  const emit = (frame: Frame): void => queueMicrotask(() => { for (const listener of frameListeners) listener(frame) })
  const engine = acceptConnections(emit, (port) => { port.onMessage.addListener((message) => { if (typeof message === 'string') port.postMessage(`echo ${message}`) }) })
  setTimeout(() => { emit({ type: 'ready' }) }, 5)
  return {
    send: (frame) => queueMicrotask(() => { engine.receive(frame) }),
    onFrame: (listener) => frameListeners.push(listener),
    onExit: (listener) => exitListeners.push(listener),
    stop: () => undefined,
    kill: () => { for (const listener of exitListeners) listener('ended by SIGSEGV') },
  }
}

const nextMessage = (port: { onMessage: { addListener: (listener: (message: Message) => void) => void } }): Promise<Message> => new Promise((resolve) => { port.onMessage.addListener(resolve) })

describe('a supervised engine', () => {
  it('keeps connections apart', async () => {
    const supervisor = superviseEngine(echoProcess)
    const [one, two] = await Promise.all([supervisor.connect(), supervisor.connect()])
    const answers = [nextMessage(one.port), nextMessage(two.port)]
    one.port.postMessage('1')
    two.port.postMessage('2')
    expect(await Promise.all(answers)).toEqual(['echo 1', 'echo 2'])
    supervisor.stop()
  })

  it('is started again when it dies; its ports close, and new ones work', async () => {
    const processes: ReturnType<typeof echoProcess>[] = []
    const supervisor = superviseEngine(() => { const child = echoProcess(); processes.push(child); return child })
    const reasons: string[] = []
    supervisor.onLost((reason) => reasons.push(reason))
    const { port } = await supervisor.connect()
    const closed = new Promise<void>((resolve) => { port.onDisconnect.addListener(resolve) })
    processes[0]!.kill()
    await closed
    expect(reasons).toEqual(['ended by SIGSEGV'])
    const again = await supervisor.connect()
    expect(processes).toHaveLength(2)
    const answer = nextMessage(again.port)
    again.port.postMessage('hello')
    expect(await answer).toBe('echo hello')
    supervisor.stop()
  })
})
