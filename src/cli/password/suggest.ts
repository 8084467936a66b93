import { freemem } from 'node:os'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { type Choice, measure } from './measure.ts'

const BUDGET_MS = 20_000

/** Memory before passes: it is what an attacker's machine is short of. */
export async function suggest({ log }: CliContext, target: number): Promise<Output> {
  const choices = await measure({ target, budget: BUDGET_MS, freeMemory: freemem() }, log)
  const best = choices.at(-1)
  if (!best) throw new Error('nothing was measured')
  const setting = { memory: `${best.memory}mb`, iterations: best.iterations }
  return {
    text: [
      'memory    passes    one hash',
      ...choices.map(row),
      '',
      ...(best.takes > target
        ? [`This machine needs ${best.takes} ms for the least that is allowed; ${target} ms cannot be had.`]
        : [`The most memory that fits into ${target} ms. Two hashes run at a time, and take it twice.`]),
      'In hearthkey.yaml:',
      '',
      'passwords:',
      '  argon2:',
      `    memory: ${setting.memory}`,
      `    iterations: ${setting.iterations}`,
      '',
      'Stored passwords follow when their owners next sign in. A lower setting than before weakens none of them.',
    ].join('\n'),
    json: { target, measured: choices, suggested: setting },
  }
}

const row = ({ memory, iterations, takes }: Choice): string =>
  [`${memory} MiB`.padEnd(10), String(iterations).padEnd(10), `${takes} ms`].join('')
