/**
 * Tiny PyTorch modules as ONNX files with float64 reference gradients: made once by `torch-ops.py` and kept under
 * node_modules/.cache/phosphene-tests.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { python } from './torchvision.ts'

const script = fileURLToPath(new URL('torch-ops.py', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/phosphene-tests/', import.meta.url))

interface Numbers {
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

export interface TorchCase {
  readonly name: string
  /** Of x0, x1, ... */
  readonly inputs: readonly Numbers[]
  /** What the output y is projected on. */
  readonly seed: Numbers
  readonly output: Numbers
  /** d <y, seed> / d input. */
  readonly gradients: readonly Numbers[]
  /** Path of the ONNX file by operator set. */
  readonly files: Readonly<Record<string, string>>
  /** Why PyTorch could not export at an operator set. */
  readonly failed: Readonly<Record<string, string>>
}

/** Every case; exported first where they are not in the cache (about 20 seconds). */
export function torchCases(): TorchCase[] {
  const version = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 8)
  const folder = `${cache}torch-ops-${version}`
  if (!existsSync(`${folder}/reference.json`)) execFileSync(python, [script, folder], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 180_000 })
  const reference = JSON.parse(readFileSync(`${folder}/reference.json`, 'utf8')) as Record<string, Omit<TorchCase, 'name'>>
  return Object.entries(reference).map(([name, entry]) => ({
    ...entry, name, files: Object.fromEntries(Object.entries(entry.files).map(([opset, file]) => [opset, `${folder}/${file}`])),
  }))
}
