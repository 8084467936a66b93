import type { Found } from '../../audit/acknowledging/service.ts'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { foundLine } from './broken-words.ts'
import type { AuditAtWork } from './with-audit.ts'

export interface AcknowledgeOptions {
  readonly reason?: string
  readonly yes?: boolean
}

const MOST_OF_A_REASON = 1000

/** Shows what is broken, and after a yes writes into the log that somebody has looked into it. */
export async function acknowledge(
  context: CliContext,
  { acknowledging }: Pick<AuditAtWork, 'acknowledging'>,
  { reason, yes = false }: AcknowledgeOptions,
): Promise<Output> {
  const found = await acknowledging.find()
  if (found.beyond) throw beyond(found.beyond.detail)
  if (found.breaks.length === 0 && found.strays.length === 0)
    return {
      text: 'There is nothing to acknowledge: the log has no break that nobody has looked into.',
      json: { breaks: [] },
    }
  context.stderr.write(`${shown(found).join('\n')}\n`)
  const said = reason?.trim() ?? ''
  if (said === '' || said.length > MOST_OF_A_REASON)
    throw new AppError('usage-error', {
      detail: 'A break is acknowledged with a reason, of 1000 characters at most.',
      cure: 'Export the log as evidence, find out what happened, and say it: --reason "…".',
    })
  if (!yes) await context.confirm('That the log was broken there, and this reason, will stand in it for good.')
  const done = await acknowledging.acknowledge(found, said)
  if (!done.ok && done.error === 'others')
    throw new AppError('unavailable', {
      detail: 'More events were put beside the chain since these were shown: nothing was written.',
      cure: 'Look again with hearthkey audit acknowledge.',
    })
  if (!done.ok)
    throw new AppError('unavailable', {
      detail: 'It is written, but does not stand in the chain yet.',
      cure: 'Let the server run, then look with hearthkey audit verify.',
    })
  const still = done.value
  return {
    text: still
      ? `Acknowledged. The verification still finds something: ${still.wrong}, ${still.detail}.`
      : 'Acknowledged: verification and retention go on behind it. hearthkey audit verify says so each time (exit code 2).',
    json: { breaks: found.breaks, strays: found.strays.map(({ id }) => id), reason: said, finding: still ?? null },
    exit: still ? ExitCode.findings : ExitCode.ok,
  }
}

const shown = ({ breaks, strays, more }: Found): string[] => [
  'The log of events is not what was written:',
  ...breaks.map(foundLine),
  ...strays.map(({ id, wrong, detail }) => `  ${id}: ${wrong}, ${detail}`),
  ...(more ? ['These are not all of them. When they are acknowledged, the others are found by the same command.'] : []),
]

const beyond = (detail: string) =>
  new AppError('usage-error', {
    detail: `This break cannot be acknowledged: ${detail}.`,
    cure: 'Export the log as evidence, and begin again from a backup of the database that is right.',
  })
