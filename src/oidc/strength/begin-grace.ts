import type { EventWriter } from '../../audit/writer.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { FactorsOfPeople } from '../ports.ts'
import { currentUnit } from '../unit/units.ts'

/** With what the request writes: the time that somebody has runs from the first token that the rule was met for, not for ever. */
export type BeginGrace = (user: Id<'usr'>, grace: number) => void

interface BeginGraceDeps {
  readonly factors: Pick<FactorsOfPeople, 'beginGrace'>
  readonly events: EventWriter
  readonly clock: Clock
}

export const beginningGrace =
  ({ factors, events, clock }: BeginGraceDeps): BeginGrace =>
  (user, grace) => {
    const unit = currentUnit()
    const { clientIp, requestId } = unit.exchange
    unit.write(async (tx) => {
      const at = clock.now()
      if (!(await factors.beginGrace(tx, user, at))) return
      const until = new Date(at.getTime() + grace).toISOString()
      await events.recordEvent(
        tx,
        { actor: { kind: 'person', id: user }, ip: clientIp, requestId },
        { action: 'enrolment.put_off', target: user, after: { public: { until } } },
      )
    })
  }
