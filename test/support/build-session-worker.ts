/** Vitest's global setup: the session and batch workers where the tests' engine finds them (lib/worker-location.ts). */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const entries = { 'session-worker': 'src-main/engine/runtime/session-worker.ts', 'batch-worker': 'src-main/engine/datasets/batch-worker.ts' }

export default async function setup(): Promise<void> {
  for (const [name, entry] of Object.entries(entries)) {
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias },
      build: {
        ssr: root(entry),
        outDir: root('node_modules/.cache/phosphene'),
        emptyOutDir: false,
        minify: false,
        rollupOptions: { output: { format: 'es', entryFileNames: `${name}.js` } },
      },
    })
  }
}
