/** Where the built batch worker lies: beside this program, or where the tests' global setup puts it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '#contract/errors.ts'

const candidates = [
  // out/main/*.js and out/main/chunks/*.js
  './batch-worker.js',
  '../batch-worker.js',
  // Unbuilt, under the tests: src-main/engine/datasets.
  '../../../node_modules/.cache/phosphene/batch-worker.js',
]

export function batchWorkerPath(): string {
  const path = candidates.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url))).find((candidate) => existsSync(candidate))
  if (path === undefined) throw new AppError('bug', 'Internal error: batch-worker.js is not beside the program. Build the project again (npm run build).')
  return path
}
