import type { AlertRule } from '../../config/sections/alerts.ts'
import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Enqueue } from '../../jobs/enqueue.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Administrators, Mail, NameOf, Reader, ToldAlert } from '../ports.ts'
import { gravestFirst } from './gravity.ts'
import { alertLetter } from './job.ts'
import { toldUpTo, type UntoldAlert, untoldAlerts } from './store.ts'
import { atEndOfSlot } from './when.ts'

interface LetterDeps {
  readonly owner: Db
  readonly mail: Mail
  /** Of which letters are written. */
  readonly rules: readonly AlertRule[]
  /** Whom the operator named; undefined: the administrators. */
  readonly readers: readonly Reader[] | undefined
  readonly administrators: Administrators
  readonly nameOf: NameOf
  readonly enqueue: Enqueue
  /** At most one letter in so many milliseconds. */
  readonly letterEvery: number
  readonly clock: Clock
}

/** A letter of more is read by nobody; the next one goes on with the rest. */
const MOST_TOLD = 50
const MOST_READERS = 20
/** What nobody could deliver for so long says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/** In one transaction with the places up to which was told: nothing is told twice, and nothing is left out. */
export function tellOfAlerts(deps: LetterDeps): Promise<void> {
  const { owner, mail, rules, readers, administrators, clock, enqueue, letterEvery } = deps
  return inInstance(owner, async (tx) => {
    const now = clock.now()
    const { alerts, counts, upTo } = await untoldAlerts(tx, { rules, at: now, limit: MOST_TOLD })
    if (counts.size === 0) return
    const left = gravestFirst(rules).flatMap((rule) => {
      const told = alerts.filter((alert) => alert.rule === rule)
      const count = (counts.get(rule) ?? 0) - told.length
      // Beyond the limit alone: what no version of ours can read is not waited for.
      return count > 0 && alerts.length === MOST_TOLD ? [{ rule, count, last: told.at(-1)?.seq }] : []
    })
    if (alerts.length > 0) {
      const message = {
        name: 'alerts',
        alerts: await told(tx, deps, alerts),
        more: left.map(({ rule, count }) => ({ rule, count })),
      } as const
      const expiresAt = new Date(now.getTime() + LETTER_MS)
      for (const to of readers ?? (await administrators(tx, MOST_READERS)))
        await mail.send(tx, { to, message, expiresAt })
    }
    await toldUpTo(tx, { upTo, unfinished: new Map(left.map(({ rule, last }) => [rule, last])) }, now)
    if (left.length > 0) await enqueue(tx, alertLetter, {}, atEndOfSlot(now, letterEvery))
  })
}

async function told(
  tx: InstanceTx,
  { nameOf }: Pick<LetterDeps, 'nameOf'>,
  alerts: readonly UntoldAlert[],
): Promise<ToldAlert[]> {
  const found: ToldAlert[] = []
  for (const { rule, subject, organisation, at, event, count } of alerts) {
    const name = (await nameOf(tx, subject)) ?? subject
    found.push({
      rule,
      subject: name,
      at,
      event,
      ...(organisation !== null && { organisation }),
      ...(count !== undefined && { count }),
    })
  }
  return found
}
