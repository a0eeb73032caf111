/** Where files lay when they were last seen, by their content: what a recipe needs to be made again. */
import { join } from 'node:path'
import { z } from 'zod'
import { FileSource } from '#contract/wire.ts'
import { openStoredJson } from '../lib/stored-json.ts'

export interface KnownFiles {
  find(sha256: string): FileSource | undefined
  /** Failing to note it is no reason to fail what was asked for. */
  note(sha256: string, source: FileSource): Promise<void>
}

const mostKnown = 500

export async function openKnownFiles(dataFolder: string): Promise<KnownFiles> {
  const stored = await openStoredJson(join(dataFolder, 'known-files.json'), z.array(z.object({ sha256: z.string(), source: FileSource })), [])
  return {
    find: (sha256) => stored.value.find((each) => each.sha256 === sha256)?.source,
    async note(sha256, source) {
      if (JSON.stringify(stored.value[0]) === JSON.stringify({ sha256, source })) return
      await stored.set([{ sha256, source }, ...stored.value.filter((each) => each.sha256 !== sha256)].slice(0, mostKnown)).catch(() => undefined)
    },
  }
}
