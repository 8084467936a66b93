import { ExitCode } from '../../errors/exit-code.ts'
import { usedOf } from '../../instance/licenses.ts'
import { isWorrying, LIMITED, limitOf, nearOf, type Status, statusSentence } from '../../licenses/status.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'
import { describeLicense, licences } from './describe.ts'
import { keyProblems } from './refusal.ts'

export const status = (context: CliContext): Promise<Output> =>
  withServices(context, 'license status', async ({ licenses, database }) => {
    const now = await licenses.status()
    const used = await usedOf(database)
    const rows = LIMITED.map((what) => ({ what, used: used[what], limit: limitOf(now, what) }))
    const license = now.standing && 'license' in now.standing ? now.standing.license : undefined
    const problems = keyProblems(now.keys)
    const parts = [
      statusSentence(now),
      ...(license ? [describeLicense(license)] : []),
      table(
        ['', 'used', 'allowed'],
        rows.map(({ what, used: number, limit }) => [
          what,
          String(number),
          limit === undefined ? 'any' : String(limit),
        ]),
      ),
      ...nearOf(now, used).map(
        (near) => `${near.used} of ${near.limit} ${near.limited} are used: ask your vendor for more in time.`,
      ),
      ...listsOf(now),
      ...(problems.length > 0 ? [problems.join('\n')] : []),
    ]
    return {
      text: parts.join('\n\n'),
      json: {
        state: now.standing?.state ?? (now.required ? 'missing' : 'none'),
        ...(now.standing?.state === 'unreadable' && { reason: now.standing.reason }),
        claims: license ?? null,
        installedAt: now.installedAt ?? null,
        clockSetBack: now.setBack ?? null,
        revocations: now.revocations,
        used: Object.fromEntries(
          rows.map(({ what, used: number, limit }) => [what, { used: number, limit: limit ?? null }]),
        ),
        keys: { trusted: [...now.keys.keys.keys()], problems },
      },
      exit: isWorrying(now) ? ExitCode.findings : ExitCode.ok,
    }
  })

const listsOf = ({ revocations }: Status): string[] =>
  revocations.map(
    ({ issuer, signedAt, count }) =>
      `The list of ${issuer}, signed on ${signedAt.toISOString().slice(0, 10)}, revokes ${licences(count)}.`,
  )
