import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The package's folder. electron-vite bundles its configuration, and this file with it, into the package's own folder. */
const root = [resolve(import.meta.dirname, '../..'), import.meta.dirname].find((folder) => existsSync(join(folder, 'package.json'))) ?? process.cwd()

/** Import aliases shared by the build and by the tests; `tsconfig.json` lists the same names. */
export const alias = {
  '#contract': join(root, 'src-main/contract'),
  '#rpc': join(root, 'src-main/rpc'),
  '#engine': join(root, 'src-main/engine'),
  '#renderer': join(root, 'src-renderer'),
}
