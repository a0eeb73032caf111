/** The page over the fake engine, built once for all test files that show it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../../..')
const sources = ['src-renderer', 'src-main/contract', 'test/support', 'test/renderer/harness']

/** Another test run may still show an older page. */
const staleAfterMs = 3_600_000

/** Changes with any source file. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const folder of sources) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const { mtimeMs, size } = statSync(join(root, folder, name))
      hash.update(`${folder}/${name} ${mtimeMs} ${size}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/** The folder of the built page. Test files run side by side: each builds aside, and the first to finish is kept. */
export async function buildPage(): Promise<string> {
  const cache = join(root, 'node_modules/.cache/phosphene')
  const folder = join(cache, `page-${fingerprint()}`)
  if (existsSync(folder)) return folder
  const aside = join(cache, `building-${process.pid}`)
  mkdirSync(cache, { recursive: true })
  await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), mode: 'development', logLevel: 'error', build: { outDir: aside, minify: false, reportCompressedSize: false } })
  for (const old of readdirSync(cache)) if (old.startsWith('page-') && Date.now() - statSync(join(cache, old)).mtimeMs > staleAfterMs) rmSync(join(cache, old), { recursive: true, force: true })
  try {
    renameSync(aside, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(aside, { recursive: true, force: true })
  }
  return folder
}
