import type { Actor, ActorContext } from '../../audit/actor.ts'
import type { RequestOrigin } from '../../http/exchange.ts'
import { defineId } from '../../lib/ids.ts'
import type { Client } from '../clients/client.ts'
import type { Unit } from './unit.ts'

const sessionId = defineId('ses')

/** In whose name a request changes something, and from where: all that the log of events is to have of it. */
export const byIn = (unit: Unit, actor: Actor, session = sessionIn(unit)): ActorContext => ({
  actor,
  ...originIn(unit, session),
})

export const originIn = ({ exchange }: Unit, session: string | undefined): RequestOrigin => ({
  ...exchange.origin,
  session: session !== undefined && sessionId.is(session) ? session : undefined,
})

/** A program that has a place in organisations acts as what has it there. */
export const programAs = ({ id, serviceAccount }: Pick<Client, 'id' | 'serviceAccount'>): Actor =>
  serviceAccount === null ? { kind: 'client', id } : { kind: 'service_account', id: serviceAccount }

/** Of the browser that asks, or in which somebody answers at a page of ours. */
const sessionIn = ({ agreedIn, engine }: Unit): string | undefined =>
  agreedIn ?? engine?.oidc?.session?.hearthkeySession
