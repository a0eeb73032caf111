/** The other end of a RemoteHost: a worker thread's or child process's entry. */
import { parentPort } from 'node:worker_threads'
import { isAppError } from '#contract/errors.ts'
import { Executor } from './executor.ts'
import { transferablesOf } from './protocol.ts'
import type { Answer, Envelope, TensorsReply } from './protocol.ts'

const executor = new Executor({ ownsRequests: true })

function post(answer: Answer, transfer: ArrayBuffer[]): void {
  if (parentPort) parentPort.postMessage(answer, transfer)
  else process.send?.(answer)
}

async function answer({ id, request }: Envelope): Promise<void> {
  try {
    const reply = await executor.handle(request)
    const tensors = request.type === 'run' || request.type === 'read-state'
    post({ id, reply }, tensors ? transferablesOf(reply as TensorsReply) : [])
  } catch (error) {
    post({ id, error: isAppError(error) ? { code: error.code, message: error.message } : { code: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) } }, [])
  }
}

if (parentPort) parentPort.on('message', (envelope: Envelope) => { void answer(envelope) })
else {
  process.on('message', (envelope: Envelope) => { void answer(envelope) })
  process.on('disconnect', () => process.exit(0))
}
