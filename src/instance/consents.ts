import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import { type Consents, createConsents } from '../consents/service.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { endingAccess } from '../oidc/artifacts/end-access.ts'
import { lockUser } from '../users/store.ts'

interface ConsentsOptions {
  readonly db: Db
  /** What ends tokens is announced along with its event. */
  readonly events: EventWriter
  readonly clock: Clock
}

export const openConsents = ({ db, events, clock }: ConsentsOptions): Consents<ActorContext> =>
  createConsents({ db, record: events.recordEvent, endAccess: endingAccess(events), holdPerson: lockUser, clock })
