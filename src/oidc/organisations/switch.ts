import { type EngineContext, errors } from 'oidc-provider'
import type { EventWriter } from '../../audit/writer.ts'
import type { Id } from '../../lib/ids.ts'
import type { Member } from '../ports.ts'
import { byIn } from '../unit/by.ts'
import type { Unit } from '../unit/unit.ts'

/** `organization` beside a refresh token or client credentials: a token for another company, without a sign-in. */
export function switchedTo({ oidc }: EngineContext): string | undefined {
  const asked = oidc.route === 'token' ? oidc.body?.['organization'] : undefined
  if (asked === undefined || asked === '') return undefined
  // What cannot be honoured is refused: a token for another company than the one that was asked for is worse than none.
  if (typeof asked !== 'string') throw new errors.InvalidRequest('organization was given more than once')
  if (oidc.params?.['grant_type'] === 'authorization_code')
    throw new errors.InvalidRequest('organization belongs to the authorization request, or beside a refresh token')
  return asked
}

export interface Switch {
  readonly member: Member
  /** In which they signed in to what the token is for. */
  readonly session: Id<'ses'> | undefined
  readonly to: Id<'org'>
  readonly client: string
}

/** Written with the request, when it succeeds. */
export type TellOfSwitch = (unit: Unit, what: Switch) => void

export const tellingOfSwitch =
  (events: EventWriter): TellOfSwitch =>
  (unit, { member, session, to, client }) => {
    const actor = isPerson(member)
      ? ({ kind: 'person', id: member } as const)
      : ({ kind: 'service_account', id: member } as const)
    // Not from which: the log of an organisation, and its webhooks, must not name another one of the same person (threat 28).
    unit.write((tx) =>
      events.recordEvent(
        tx,
        { ...byIn(unit, actor, session), organisation: to },
        { action: 'organisation.switched', target: to, after: { public: { client } } },
      ),
    )
  }

const isPerson = (member: Member): member is Id<'usr'> => member.startsWith('usr_')
