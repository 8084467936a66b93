// `npm test`: the checks, then every test. Arguments go to vitest (`npm test -- keyring`), which skips the checks.
import { spawnSync } from 'node:child_process'
import { root } from './ready.mjs'

const filters = process.argv.slice(2)
const step = (args) => {
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) process.exit(done.status ?? 1)
}
if (filters.length === 0) step(['scripts/check.mjs'])
step(['node_modules/vitest/vitest.mjs', 'run', ...filters])
