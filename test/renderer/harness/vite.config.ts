import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { alias } from '../../../resources/scripts/alias.mjs'

const root = resolve(import.meta.dirname, '../../../src-renderer')

/** The renderer over the fake engine. */
export default defineConfig({
  root,
  cacheDir: resolve(import.meta.dirname, '../../../node_modules/.vite/harness'),
  resolve: { alias: [{ find: '#rpc/client.ts', replacement: resolve(import.meta.dirname, 'fake-client.ts') }, ...Object.entries(alias).map(([find, replacement]) => ({ find, replacement }))] },
  plugins: [vue()],
  server: { host: '127.0.0.1', hmr: false, fs: { allow: [resolve(import.meta.dirname, '../../..')] } },
})
