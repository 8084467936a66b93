// Everything that can be said about the code without running it. Each step is named as the promise it keeps.
import { spawnSync } from 'node:child_process'
import { root } from './ready.mjs'

const steps = [
  ['The types hold', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['So do those of what runs in browsers', 'tsc', ['--noEmit', '-p', 'assets/islands/tsconfig.json']],
  ['The code is formatted and lint-free', 'biome', ['check', '--error-on-warnings', '.']],
  ['Nothing is written that nobody uses', 'knip', []],
  ['No known vulnerability in what we depend on', 'npm', ['audit', '--audit-level=low']],
]

/** A mirror or an air-gapped registry has no advisory end point; that is no finding, and it is said, not hidden. */
const auditUnanswered = (output) =>
  /audit endpoint returned an error|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ENOAUDIT/.test(output)

let failed = 0
for (const [promise, command, args] of steps) {
  const started = Date.now()
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`
  const unanswered = command === 'npm' && done.status !== 0 && auditUnanswered(output)
  const verdict = done.status === 0 ? 'ok  ' : unanswered ? 'n/a ' : 'FAIL'
  console.log(`${verdict} ${promise} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (unanswered) console.log('     the registry in use answers no audit; run `npm audit` where it does')
  if (verdict === 'FAIL') {
    failed++
    console.log(output.trimEnd())
  }
}
process.exit(failed === 0 ? 0 : 1)
