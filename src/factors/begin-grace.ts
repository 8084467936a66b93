import type { Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'

interface PutOff {
  readonly action: 'enrolment.put_off'
  readonly target: Id<'usr'>
  readonly after: { readonly public: Readonly<Record<string, string>> }
}

interface BeginGraceDeps<By> {
  /** The first time alone counts; false for any other. */
  readonly begin: (tx: Tx, user: Id<'usr'>, at: Date) => Promise<boolean>
  readonly record: (tx: Tx, by: By, event: PutOff) => Promise<unknown>
  readonly clock: Clock
}

/** Milliseconds of grace, by the rules that somebody has met. */
export type BeginGrace<By> = (tx: Tx, by: By, user: Id<'usr'>, grace: number) => Promise<void>

/** Wherever somebody meets the rule first, in a browser or by a token: it begins once, and is recorded with its end. */
export const beginningGrace =
  <By>({ begin, record, clock }: BeginGraceDeps<By>): BeginGrace<By> =>
  async (tx, by, target, grace) => {
    const at = clock.now()
    if (!(await begin(tx, target, at))) return
    const until = new Date(at.getTime() + grace).toISOString()
    await record(tx, by, { action: 'enrolment.put_off', target, after: { public: { until } } })
  }
