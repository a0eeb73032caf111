/** Vitest's global setup: the session worker as the tests' runtime finds it (src-main/engine/runtime/worker-location.ts). */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export default async function setup(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias },
    build: {
      ssr: root('src-main/engine/runtime/session-worker.ts'),
      outDir: root('node_modules/.cache/phosphene'),
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { format: 'es', entryFileNames: 'session-worker.js' } },
    },
  })
}
