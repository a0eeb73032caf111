/** Peak resident memory of processes, Linux only. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { engineEnvironment } from '#rpc/engine-environment.ts'

const commandLine = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/** In MB; 0 where the process is gone. */
export function residentMb(field: 'VmHWM' | 'VmRSS', pid: number | string = 'self'): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Of a fresh process that runs the built command line, in the environment that its first line sets: what people have, without the tools of the benches. */
export async function peakOfCommand(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [commandLine, ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...engineEnvironment } })
  const ended = once(child, 'exit') as Promise<[number | null]>
  let peakMb = 0
  // The peak only rises: the last reading before the end is it, but for what the last 20 ms add.
  const reading = setInterval(() => { peakMb = Math.max(peakMb, residentMb('VmHWM', child.pid)) }, 20)
  const [code] = await ended
  clearInterval(reading)
  if (code !== 0) throw new Error(`${commandLine} ended with ${code}; is it built (npm run build)?`)
  return peakMb
}
