/** Folders for this process's temporary files. What a process left that ended without cleaning up is removed by the next. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'phosphene-'
let swept: Promise<void> | undefined

/** `<temporary folder>/phosphene-<purpose>-<process id>-<random>` */
export async function makeScratchFolder(purpose: string): Promise<string> {
  await (swept ??= removeOrphans())
  return mkdtemp(join(tmpdir(), `${prefix}${purpose}-${process.pid}-`))
}

async function removeOrphans(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  const orphans = names.filter((name) => {
    const id = /^phosphene-[a-z]+-(\d+)-\w{6}$/.exec(name)?.[1]
    return id !== undefined && !isAlive(Number(id))
  })
  // Another user's folder stays; so does one that a process of a reused id seems to own, until that ends.
  await Promise.all(orphans.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)))
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
