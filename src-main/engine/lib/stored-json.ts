/** A small JSON document in the data folder: read once, written whole and atomically, one write at a time. */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { writeFileAtomically } from './write-file.ts'

export interface StoredJson<T> {
  readonly value: T
  /** Takes effect at once; resolves when it is on disk. */
  set(value: T): Promise<void>
}

/** A file that is absent, damaged or of another form counts as `initial`: nothing here is worth refusing to start for. */
export async function openStoredJson<T>(path: string, schema: z.ZodType<T>, initial: T): Promise<StoredJson<T>> {
  let value = initial
  try {
    value = schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch { /* As if it were not there. */ }
  let writing: Promise<void> = Promise.resolve()
  return {
    get value() { return value },
    set(next) {
      value = next
      const write = async (): Promise<void> => {
        // Where the folder cannot be made, writing says so.
        await mkdir(dirname(path), { recursive: true }).catch(() => undefined)
        await writeFileAtomically(path, [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)])
      }
      writing = writing.then(write, write)
      return writing
    },
  }
}
