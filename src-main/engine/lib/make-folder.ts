/** Folders that are there, or a reason in words. */
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unwritable } from './write-file.ts'

/** With those above it. Throws 'file-unwritable'. */
export async function makeFolder(path: string): Promise<void> {
  await makeWithParents(path).catch((cause: unknown) => { throw unwritable(path, cause) })
}

/** A file can be written there later: told before anything is computed for it. Throws 'file-unwritable'. */
export async function makeRoomFor(file: string): Promise<void> {
  await makeFolder(dirname(file))
  const taken = await stat(file).then((found) => found.isDirectory(), () => false)
  if (taken) throw unwritable(file, Object.assign(new Error('a folder'), { code: 'EISDIR' }))
  await access(dirname(file), constants.W_OK).catch((cause: unknown) => { throw unwritable(file, cause) })
}

/** Not mkdir's own `recursive`, which never returns where a file system makes no folders (/proc, Node 20). */
async function makeWithParents(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  })
  try {
    await make()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error
    await makeWithParents(dirname(path))
    await make()
  }
}
