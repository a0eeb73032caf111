/** A checkpoint of a synthesis as one file: its tensors as safetensors, step and notes among the metadata. */
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors.ts'
import { writeFileAtomically } from '../lib/write-file.ts'
import type { Checkpoint } from './define-work.ts'

export function writeCheckpointFile(path: string, { step, tensors, notes }: Checkpoint): Promise<void> {
  return writeFileAtomically(path, encodeSafetensors({ tensors, metadata: { notes: JSON.stringify(notes), step: String(step) } }), { durable: true })
}

/** Throws 'file-unreadable' for bytes that are no such file; `path` is for its message. */
export function checkpointIn(bytes: Uint8Array, path: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  return { step: Number(metadata['step']), tensors, notes: JSON.parse(metadata['notes'] ?? 'null') as unknown }
}
