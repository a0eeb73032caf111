/** Test data outside the repository: `../shared/testdata` beside the checkout, or where $PHOSPHENE_TESTDATA says. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'

const root = process.env['PHOSPHENE_TESTDATA'] ?? fileURLToPath(new URL('../../../shared/testdata', import.meta.url))

export const hasTestdata = existsSync(join(root, 'MANIFEST.json'))

/** Absolute path of a test-data file, e.g. `testdata('models/super-resolution.onnx')`. */
export const testdata = (path: string): string => join(root, path)

/** A suite that reads test data; skipped, and saying why in its name, where the data is absent. */
export function describeWithTestdata(name: string, body: () => void): void {
  if (hasTestdata) describe(name, body)
  // The body reads the data where it lists its tests: it is not run to be skipped.
  else describe.skip(`${name} (skipped: no test data at ${root}; set PHOSPHENE_TESTDATA)`, () => { it.todo('needs the test data') })
}
