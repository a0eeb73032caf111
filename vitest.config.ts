import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { alias } from './resources/scripts/alias.mjs'

export default defineConfig({
  resolve: { alias },
  plugins: [vue()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          globalSetup: ['test/support/build-session-worker.ts'],
          // Networks are exported and compared with PyTorch on machines that may be busy.
          testTimeout: 240_000,
          hookTimeout: 120_000,
          retry: 1,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // A browser with a software GPU is sometimes slower than a test's patience.
          retry: 2,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
})
