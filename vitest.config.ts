import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/support/nothing-left.ts'],
    globalSetup: ['test/support/run-folder.ts', 'test/support/postgres.ts'],
    pool: 'forks',
    // To load the program anew for each file took a third of the processor time: docs/contributing.md says what a file may
    // rely on.
    isolate: false,
    // A worker keeps all modules, and the usual young generation is soon full beside them: 7 % of its time.
    execArgv: ['--max-semi-space-size=64'],
    // Most of a test's time goes into waiting for processes and the database: more files than processors run at once.
    maxWorkers: 3,
    // For what never ends. They promise nothing: a machine that has much else to do may take a minute for what takes a second.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
  },
})
