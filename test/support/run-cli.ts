/** The built command line as a user runs it. */
import { spawn } from 'node:child_process'
import { cliScript } from './served-application.ts'

export interface CliResult { readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly ms: number }

export function runCli(args: readonly string[], options: { readonly environment?: Readonly<Record<string, string>>; readonly interruptAfterMs?: number } = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, [cliScript, ...args], { env: { ...process.env, ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = '', stderr = ''
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString() })
    child.once('error', reject)
    child.once('close', (code) => { resolve({ code, stdout, stderr, ms: performance.now() - began }) })
    if (options.interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), options.interruptAfterMs)
  })
}

/** Lines that a person sees as the error; progress lines do not count. */
export const errorLines = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('phosphene:') || /^\s+at /.test(line))
