/** The renderer's built files, read once into memory: what is not in the list does not exist. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff', '.json': 'application/json',
}

export interface StaticFile { readonly contentType: string; readonly body: Buffer }

/** Address path to file: '/' is index.html. */
export async function readStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const file: StaticFile = { contentType: contentTypes[extname(path)] ?? 'application/octet-stream', body: await readFile(path) }
    const address = `/${relative(folder, path).split(sep).join('/')}`
    files.set(address, file)
    if (address === '/index.html') files.set('/', file)
  }
  return files
}
