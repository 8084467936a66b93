import type { RecordRoleEvent } from '../access/ports.ts'
import { type Access, createAccess } from '../access/service.ts'
import { applyTemplates } from '../access/templates/apply.ts'
import type { Actor, ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Apis } from '../oidc/apis/service.ts'
import type { Services } from './services.ts'

interface AccessOptions {
  readonly services: Pick<Services, 'database' | 'listener' | 'events' | 'revocations'>
  readonly apis: Pick<Apis, 'list' | 'provide'>
  readonly clock: Clock
}

/** Roles: for tokens, for whoever gives them, and for a command. */
export const openAccess = ({
  services: { database, listener, events, revocations },
  apis,
  clock,
}: AccessOptions): Access<ActorContext> =>
  createAccess({ database, listener, apis, record: recording(events), announce: revocations.announce, clock })

const recording =
  ({ recordEvent }: Pick<EventWriter, 'recordEvent'>): RecordRoleEvent<ActorContext> =>
  (tx, by, { action, target, organisation, before, after }) =>
    recordEvent(tx, organisation ? { ...by, organisation } : by, {
      action,
      target,
      ...(before && { before: { public: before } }),
      ...(after && { after: { public: after } }),
    })

interface DefaultRolesOptions {
  readonly services: Pick<Services, 'database' | 'events' | 'revocations'>
  readonly clock: Clock
  readonly actor: Actor
  readonly log: Pick<Log, 'warn'>
}

const noApis = { provide: () => Promise.reject(new TypeError('the default template has no API')) }

/** Where an instance begins, and after an upgrade: organisations have roles to give. */
export async function ensureDefaultRoles({ services, clock, actor, log }: DefaultRolesOptions): Promise<void> {
  const roles = applyTemplates({
    owner: services.database.owner,
    apis: noApis,
    record: recording(services.events),
    announce: services.revocations.announce,
    clock,
  })
  for (const { key, slug } of await roles.ensureDefault({ actor }))
    log.warn(
      { role: key, organisation: slug },
      `The role ${key} is new in this release and was not made: an organisation has one of its own under that key. Make theirs again under another one, and run: hearthkey access apply basic`,
    )
}
