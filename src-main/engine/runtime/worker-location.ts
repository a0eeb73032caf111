/** Where the built session worker lies: beside this program, or where the tests' global setup puts it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '#contract/errors.ts'

const candidates = [
  // out/main/*.js and out/main/chunks/*.js
  './session-worker.js',
  '../session-worker.js',
  // Unbuilt, under the tests: src-main/engine/runtime.
  '../../../node_modules/.cache/phosphene/session-worker.js',
]

export function sessionWorkerPath(): string {
  const path = candidates.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url))).find((candidate) => existsSync(candidate))
  if (path === undefined) throw new AppError('bug', 'Internal error: session-worker.js is not beside the program. Build the project again (npm run build).')
  return path
}
