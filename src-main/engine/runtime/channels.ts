/** The two ways to reach a session worker: a thread of this process, or a process that may crash alone. */
import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { Answer } from './protocol.ts'
import type { Connect } from './remote-host.ts'
import { workerPath } from '../lib/worker-location.ts'

export const workerChannel: Connect = ({ onAnswer, onLost }) => {
  const worker = new Worker(workerPath('session-worker'), { name: 'phosphene sessions' })
  let failure: NodeJS.ErrnoException | undefined
  worker.on('message', (answer: Answer) => onAnswer(answer))
  worker.on('error', (error) => { failure = error })
  worker.on('exit', (code) => onLost(failure ? failure.message : `exit code ${code}`, failure?.code === 'ERR_WORKER_OUT_OF_MEMORY'))
  return {
    post: (envelope, transfer) => worker.postMessage(envelope, [...transfer]),
    end: async () => { await worker.terminate() },
  }
}

/** What native code prints is kept from the terminal; a child that dies takes nothing along. */
export const processChannel: Connect = ({ onAnswer, onLost }) => {
  const child = fork(workerPath('session-worker'), { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, execArgv: [] })
  child.on('message', (answer) => onAnswer(answer as Answer))
  child.on('error', (error) => onLost(error.message, false))
  child.on('exit', (code, signal) => onLost(signal === null ? `exit code ${code}` : `signal ${signal}`, false))
  return {
    post: (envelope) => { child.send(envelope, () => { /* A child that is gone says so by 'exit'. */ }) },
    end: () => {
      child.kill('SIGKILL')
      return Promise.resolve()
    },
  }
}
