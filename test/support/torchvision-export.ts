/**
 * torchvision networks with random weights as ONNX files, exported on demand by `export-torchvision.py` and kept under
 * node_modules/.cache/phosphene-tests. Where Debian's python3-torch and python3-torchvision are absent the tests skip and say so.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('export-torchvision.py', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/phosphene-tests/torchvision/', import.meta.url))
export const python = process.env['PHOSPHENE_PYTHON'] ?? '/usr/bin/python3'

const findsTorch = 'import importlib.util, sys; sys.exit(0 if all(importlib.util.find_spec(m) for m in ("torch", "torchvision", "onnx")) else 1)'
let known: boolean | undefined

/** Whether the interpreter finds torch, torchvision and onnx (without importing them, which takes seconds). */
export function hasTorch(): boolean {
  known ??= spawnSync(python, ['-c', findsTorch], { timeout: 30_000 }).status === 0
  return known
}

export interface ExportOptions {
  readonly size?: number
  readonly seed?: number
  readonly batch?: number
  readonly classes?: number
  readonly trainBatchNormStatistics?: boolean
  readonly keepBatchNorm?: boolean
  readonly constantFolding?: boolean
  readonly dynamic?: 'batch' | 'all'
}

function flagsOf(options: ExportOptions): string[] {
  return [
    ...(options.size === undefined ? [] : ['--size', String(options.size)]),
    ...(options.seed === undefined ? [] : ['--seed', String(options.seed)]),
    ...(options.batch === undefined ? [] : ['--batch', String(options.batch)]),
    ...(options.classes === undefined ? [] : ['--classes', String(options.classes)]),
    ...(options.trainBatchNormStatistics ? ['--train-bn-stats'] : []),
    ...(options.keepBatchNorm ? ['--keep-batch-norm'] : []),
    ...(options.constantFolding === false ? ['--no-constant-folding'] : []),
    ...(options.dynamic === undefined ? [] : ['--dynamic', options.dynamic]),
  ]
}

/** Path of the exported network; exported first where it is not in the cache (seconds). Throws with the exporter's line where it cannot be. */
export function exportTorchvision(name: string, opset: number, options: ExportOptions = {}): string {
  const flags = flagsOf(options)
  const version = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 8)
  const path = `${cache}${[name, `opset${opset}`, ...flags, version].join('_').replaceAll('--', '')}.onnx`
  if (existsSync(path)) return path
  mkdirSync(cache, { recursive: true })
  execFileSync(python, [script, name, String(opset), path, ...flags], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 180_000 })
  return path
}
