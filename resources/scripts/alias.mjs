import { resolve } from 'node:path'

/** Import aliases, as `tsconfig.json` lists them, of the checkout at `root`. */
export const aliasesOf = (root) => ({
  '#contract': resolve(root, 'src-main/contract'),
  '#rpc': resolve(root, 'src-main/rpc'),
  '#engine': resolve(root, 'src-main/engine'),
  '#renderer': resolve(root, 'src-renderer'),
})

export const alias = aliasesOf(resolve(import.meta.dirname, '../..'))
