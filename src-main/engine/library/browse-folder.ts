/** A folder of this machine, for pages that cannot see its disk. */
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { FolderListing } from '#contract/training.ts'
import { unreadable } from './sources.ts'

const shownEntries = 500

export async function browseFolder(asked: string | undefined): Promise<FolderListing> {
  const path = resolve(asked ?? homedir())
  const all = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => { throw unreadable(path, cause) })
  const visible = all.filter(({ name }) => !name.startsWith('.'))
  const listed = await Promise.all(visible.slice(0, 4 * shownEntries).map(async ({ name }) => {
    const full = join(path, name)
    const info = await stat(full).catch(() => undefined)
    return info ? { name, path: full, kind: info.isDirectory() ? 'folder' as const : 'file' as const, bytes: info.isDirectory() ? 0 : info.size } : undefined
  }))
  const entries = listed.filter((entry) => entry !== undefined).sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name, undefined, { numeric: true }) : a.kind === 'folder' ? -1 : 1))
  const parent = dirname(path)
  return { path, parent: parent === path ? null : parent, entries: entries.slice(0, shownEntries), more: Math.max(0, visible.length - Math.min(entries.length, shownEntries)) }
}
