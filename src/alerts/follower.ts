import type { AlertRule } from '../config/sections/alerts.ts'
import type { InstanceTx } from '../db/transaction.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { shortened } from '../lib/one-line.ts'
import { alertFields } from './alert.ts'
import { alertLetter } from './letters/job.ts'
import { atEndOfSlot } from './letters/when.ts'
import type { Leads, RecordAlert, SeenEvent } from './ports.ts'
import { refusalOf } from './refusal.ts'
import { findingIn, ruleOf } from './rules.ts'
import { beginQuiet, failuresWithin, someKeyEnded } from './store.ts'

export interface AlertSettings {
  readonly rules: readonly AlertRule[]
  readonly letters: readonly AlertRule[]
  readonly failures: number
  readonly failuresWithin: number
  readonly quiet: number
  readonly letterEvery: number
}

interface AlertDeps {
  readonly settings: AlertSettings
  readonly record: RecordAlert
  readonly leads: Leads
  readonly nobody: Id<'usr'>
  readonly gives: (permissions: unknown) => boolean
  readonly enqueue: Enqueue
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
}

/**
 * Looks at every event once it is in the chain. An alert is an event of its own, so that webhooks and the stream carry it, and
 * nobody can take it away unseen. It begins with what comes: what happened before it was there, nobody has to look at soon; but for a new
 * instance, whose first moments are what comes.
 */
export function alertFollower({ settings, record, leads, nobody, gives, enqueue, clock, log }: AlertDeps) {
  const raise = async (tx: InstanceTx, entry: SeenEvent): Promise<void> => {
    const finding = await findingIn(
      entry,
      settings.rules,
      { ...settings, nobody, gives },
      {
        failuresUpTo: failuresWithin(tx, settings.failuresWithin),
        leads: (organisation, roles) => leads(tx, organisation, roles),
        someKeyEnded: () => someKeyEnded(tx),
      },
    )
    if (!finding) return
    const { rule, subject, count } = finding
    // By when it happened: a follower that comes late says the same as one that was there.
    // But for what says that it is yet to happen: that would be quiet until then.
    const at = entry.at < clock.now() ? entry.at : clock.now()
    const until = new Date(at.getTime() + settings.quiet)
    if (!(await beginQuiet(tx, finding, { at, until, now: clock.now() }))) return
    await record(tx, contextOf(entry), {
      action: 'alert.raised',
      target: rule,
      after: {
        public: {
          rule,
          subject: shortened(subject, LONGEST),
          event: entry.id,
          action: entry.action,
          ...(count !== undefined && { count }),
        },
      },
    })
  }
  /** One row that the alert of it cannot be written for must not be the end of all alerts, and of retention behind them. */
  const raiseUnlessRefused = async (tx: InstanceTx, entry: SeenEvent): Promise<void> => {
    if (!settings.rules.some((rule) => rule === ruleOf(entry))) return
    const refusal = await refusalOf(tx, () => raise(tx, entry))
    if (refusal)
      log.error({ err: refusal, event: entry.id }, 'the alert of an event was refused by the database: it is left out')
  }
  /** Now that the alert is in the chain: the letter is made of what stands there. */
  const arrangeLetter = async (tx: InstanceTx, { after }: SeenEvent): Promise<void> => {
    const alert = alertFields.safeParse(after)
    if (!alert.success || !settings.letters.includes(alert.data.rule)) return
    await enqueue(tx, alertLetter, {}, atEndOfSlot(clock.now(), settings.letterEvery))
  }
  return {
    name: 'alerts',
    from: 'begun' as const,
    take: async (tx: InstanceTx, entries: readonly SeenEvent[]) => {
      for (const entry of entries)
        if (entry.action === 'alert.raised') await arrangeLetter(tx, entry)
        else await raiseUnlessRefused(tx, entry)
    },
  }
}

/** Of a subject in an alert: one of somebody who chose it would otherwise be as long as a row may be. */
const LONGEST = 1_000

/** In the log of the organisation that it concerns, so that its own webhooks hear of it. */
const contextOf = ({ organisation }: SeenEvent) => ({
  actor: { kind: 'system', id: 'alerts' } as const,
  ...(organisation && { organisation }),
})
