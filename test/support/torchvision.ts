/** Suites over torchvision networks. */
import { describe } from 'vitest'
import { hasTorch, python } from './torchvision-export.ts'

export * from './torchvision-export.ts'

/** A suite that needs the exporter; skipped, and saying why in its name, where PyTorch is not installed. */
export function describeWithTorch(name: string, body: () => void): void {
  if (hasTorch()) describe(name, body)
  else describe.skip(`${name} (skipped: ${python} has no torch, torchvision and onnx)`, body)
}
