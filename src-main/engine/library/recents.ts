/** Models opened lately, the latest first, each with the picture it was last shown. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RecentFile } from '#contract/models.ts'
import { FileSource } from '#contract/wire.ts'
import { isAppError } from '#contract/errors.ts'
import { openStoredJson } from '../lib/stored-json.ts'
import { sourceKey } from './sources.ts'
import type { Sources } from './sources.ts'

const Entry = z.object({
  source: FileSource, title: z.string(), subtitle: z.string(), openedAt: z.number(),
  /** PNG, base64: small, and gone with its entry. */
  thumbnail: z.string().optional(),
  /** Handle of the picture that the thumbnail shows. */
  picture: z.string().optional(),
})
type Entry = z.infer<typeof Entry>

export const mostRecents = 24

export interface Recents {
  list(): Promise<RecentFile[]>
  add(entry: Pick<Entry, 'source' | 'title' | 'subtitle'>): Promise<void>
  /** Shows the model with that picture; `draw` makes its thumbnail where it is another one than before. */
  illustrate(source: FileSource, picture: string, draw: () => Promise<Uint8Array>): Promise<void>
  forget(source: FileSource): Promise<void>
}

/** Failing to note a recent file is no reason to fail its opening: writes that cannot be done are dropped. */
export async function openRecents(dataFolder: string, sources: Sources): Promise<Recents> {
  const stored = await openStoredJson(join(dataFolder, 'recents.json'), z.array(Entry), [])
  const set = (entries: Entry[]): Promise<void> => stored.set(entries).catch((error: unknown) => { if (!isAppError(error)) throw error })
  const others = (source: FileSource): Entry[] => stored.value.filter((entry) => sourceKey(entry.source) !== sourceKey(source))
  const entryOf = (source: FileSource): Entry | undefined => stored.value.find((entry) => sourceKey(entry.source) === sourceKey(source))

  return {
    list: () => Promise.all(stored.value.map(async ({ thumbnail, picture: _, ...entry }) => ({
      ...entry,
      missing: await sources.locate(entry.source).then(({ path }) => access(path).then(() => false), () => true).catch(() => true),
      ...(thumbnail === undefined ? {} : { thumbnail: new Blob([Buffer.from(thumbnail, 'base64')], { type: 'image/png' }) }),
    }))),
    add(entry) {
      // An upload is gone before long, and the page cannot send it again by itself.
      if (entry.source.kind === 'upload') return Promise.resolve()
      return set([{ ...entryOf(entry.source), ...entry, openedAt: Date.now() }, ...others(entry.source)].slice(0, mostRecents))
    },
    async illustrate(source, picture, draw) {
      const shown = entryOf(source)
      if (!shown || shown.picture === picture) return
      const thumbnail = Buffer.from(await draw()).toString('base64')
      const entry = entryOf(source)
      if (entry) await set(stored.value.map((each) => (each === entry ? { ...each, picture, thumbnail } : each)))
    },
    forget: (source) => set(others(source)),
  }
}
