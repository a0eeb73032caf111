import { resolve } from 'node:path'

/** Import aliases shared by the build and by the tests; `tsconfig.json` lists the same names. */
export const alias = {
  '#contract': resolve(import.meta.dirname, '../../src-main/contract'),
  '#rpc': resolve(import.meta.dirname, '../../src-main/rpc'),
  '#engine': resolve(import.meta.dirname, '../../src-main/engine'),
  '#renderer': resolve(import.meta.dirname, '../../src-renderer'),
}
