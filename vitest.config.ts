import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/run-folder.ts', 'test/support/postgres.ts'],
    pool: 'forks',
    // Most of a test's time goes into waiting for processes and the database: more files than processors run at once.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
