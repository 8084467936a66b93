import type { EventWriter } from '../audit/writer.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import { type PersonGrants, personGrants } from '../oidc/artifacts/revoke-of-person.ts'
import { type TellClients, tellingClients } from '../oidc/back-channel/tell.ts'
import { endingWhatCameOf } from '../oidc/session-over.ts'
import type { EndWhatCameOf } from '../sessions/ports.ts'

/** What ends with a session, and who hears of it. */
export interface HangingOnSessions {
  readonly endWhatCameOf: EndWhatCameOf
  readonly grants: PersonGrants
  readonly tell: TellClients
}

interface HangingOptions {
  readonly events: EventWriter
  readonly enqueue: Enqueue
}

export function hangingOnSessions({ events, enqueue }: HangingOptions): HangingOnSessions {
  const tell = tellingClients(enqueue)
  return { endWhatCameOf: endingWhatCameOf({ events, tell }), grants: personGrants({ events, tell }), tell }
}
