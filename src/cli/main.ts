import { loadConfig } from '../config/config.ts'
import { systemClock } from '../lib/clock.ts'
import { createLog } from '../lib/log.ts'
import { askNewSecret, askSecret } from './ask-secret.ts'
import { confirm } from './confirm.ts'
import { readInput } from './input.ts'
import { runCli } from './run.ts'

const args = process.argv.slice(2)
const { env, stdin, stdout, stderr } = process

// Whoever was to read it is gone (`| head`): the command that writes hears of it by its write, and ends in order.
stdout.on('error', () => {})

process.exitCode = await runCli(
  args.length === 0 ? ['serve'] : args,
  {
    env,
    cwd: process.cwd(),
    clock: systemClock,
    log: createLog('warn', stderr),
    config: () => loadConfig({ env, cwd: process.cwd() }).config,
    input: () => readInput(stdin),
    askSecret: (question) => askSecret(question, { input: stdin, output: stderr }),
    askNewSecret: (question) => askNewSecret(question, { input: stdin, output: stderr }),
    confirm: (question) => confirm(question, { input: stdin, output: stderr }),
  },
  { stdout, stderr },
)
