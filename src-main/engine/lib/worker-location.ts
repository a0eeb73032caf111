/** Where a built worker lies: beside this program, or where the tests' global setup puts it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from '#contract/errors.ts'

/** From out/main/*.js, from out/main/chunks/*.js, and, unbuilt under the tests, from src-main/engine/lib. */
const folders = ['./', '../', '../../../node_modules/.cache/phosphene/']

export function workerPath(name: 'session-worker' | 'batch-worker'): string {
  const path = folders.map((folder) => fileURLToPath(new URL(`${folder}${name}.js`, import.meta.url))).find((candidate) => existsSync(candidate))
  if (path === undefined) throw new AppError('bug', `Internal error: ${name}.js is not beside the program. Build the project again (npm run build).`)
  return path
}
