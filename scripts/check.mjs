// Everything that can be said about the code without running it. Each step is named as the promise it keeps.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
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

/** All at once: one waits for the registry, the others for each other's processor as little as they can. */
const running = steps.map(async ([, command, args]) => {
  const started = Date.now()
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error))
    child.once('close', resolve)
  })
  const [status, ...output] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  const took = ((Date.now() - started) / 1000).toFixed(1)
  // A program that cannot be started has no status: it failed, and its error is all that can be said.
  return status instanceof Error
    ? { status: 1, output: status.message, took }
    : { status, output: output.join(''), took }
})

let failed = 0
for (const [index, [promise, command]] of steps.entries()) {
  const { status, output, took } = await running[index]
  const unanswered = command === 'npm' && status !== 0 && auditUnanswered(output)
  const verdict = status === 0 ? 'ok  ' : unanswered ? 'n/a ' : 'FAIL'
  console.log(`${verdict} ${promise} (${took} s)`)
  if (unanswered) console.log('     the registry in use answers no audit; run `npm audit` where it does')
  if (verdict === 'FAIL') {
    failed++
    console.log(output.trimEnd())
  }
}
process.exit(failed === 0 ? 0 : 1)
