import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { aliasesOf } from './resources/scripts/alias.mjs'
import { engineEnvironment } from './src-main/rpc/engine-environment.ts'

const root = (path: string) => resolve(import.meta.dirname, path)
// Not the module's own `alias`: electron-vite bundles this file with what it imports, which moves their import.meta.dirname here.
const alias = aliasesOf(import.meta.dirname)

// Three builds: the Node side (desktop main, engine process, session and batch workers, command line), the preload, the page.
export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          app: root('src-main/app/index.ts'),
          engine: root('src-main/engine/index.ts'),
          'session-worker': root('src-main/engine/runtime/session-worker.ts'),
          'batch-worker': root('src-main/engine/datasets/batch-worker.ts'),
          cli: root('src-main/cli/index.ts'),
        },
        output: {
            format: 'es',
            entryFileNames: '[name].js',
            chunkFileNames: 'chunks/[name]-[hash].js',
            banner: (chunk) => (chunk.name === 'cli' ? `#!/usr/bin/env -S ${Object.entries(engineEnvironment).map((pair) => pair.join('=')).join(' ')} node` : ''),
          },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: root('src-main/preload/index.ts') },
        // A sandboxed preload is loaded as CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: root('src-renderer'),
    resolve: { alias },
    plugins: [vue()],
    build: { outDir: 'out/renderer', rollupOptions: { input: { index: root('src-renderer/index.html') } } },
  },
})
