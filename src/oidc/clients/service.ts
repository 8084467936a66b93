import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { apiId } from '../apis/api.ts'
import { findApi } from '../apis/store.ts'
import type { AssertRoom, Programs } from '../ports.ts'
import { isBuiltIn } from './built-in.ts'
import type { Client } from './client.ts'
import {
  addressRefusal,
  type ClientChange,
  type CreateClientFault,
  changeable,
  changed,
  type NewClient,
  type NoSuchApi,
  plan,
  snapshotOf,
  type UpdateClientFault,
} from './registration.ts'
import type { ClientSecrets } from './secret.ts'
import {
  allowApi,
  clientOfServiceAccount,
  countClients,
  disallowApi,
  findClient,
  findClientOfAccount,
  insertClient,
  listClients,
  lockClient,
  setChangeable,
  setDisabledAt,
  setSecretHash,
  setServiceAccount,
  tellOfClient,
} from './store.ts'

const serviceAccountId = defineId('sva')

export interface CreatedClient {
  readonly client: Client
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string> | undefined
}

export interface Clients {
  find(id: string): Promise<Client | undefined>
  list(page: { readonly after?: string; readonly limit: number }): Promise<Client[]>
  create(context: ActorContext, input: NewClient): Promise<Result<CreatedClient, CreateClientFault>>
  update(context: ActorContext, id: string, change: ClientChange): Promise<Result<Client, UpdateClientFault>>
  /** As what it acts with its own credentials, instead of as itself; null ends that. Of one account, one client. */
  actAs(
    context: ActorContext,
    id: string,
    account: Id<'sva'> | null,
  ): Promise<Result<Client, { readonly reason: 'not-found' | 'not-a-program' | 'account-not-active' | 'taken' }>>
  /** The one that acts as it. */
  ofAccount(account: Id<'sva'>): Promise<string | undefined>
  /** The one before is refused from now on. */
  rotateSecret(
    context: ActorContext,
    id: string,
  ): Promise<Result<{ readonly secret: Secret<string> }, { readonly reason: 'not-found' | 'has-no-secret' }>>
  disable(context: ActorContext, id: string): Promise<Result<Client, { readonly reason: 'not-found' | 'already' }>>
  enable(context: ActorContext, id: string): Promise<Result<Client, { readonly reason: 'not-found' | 'already' }>>
}

interface ClientsDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly secrets: ClientSecrets
  readonly programs: Programs
  readonly clock: Clock
  readonly assertRoom: AssertRoom
}

export function createClients({ db, events, secrets, programs, clock, assertRoom }: ClientsDeps): Clients {
  const setDisabled =
    (action: 'client.disabled' | 'client.enabled', at: () => Date | null) => (context: ActorContext, id: string) =>
      attempt(db, async (tx) => {
        const before = await lockClient(tx, id)
        if (!before) return fail({ reason: 'not-found' as const })
        const disabledAt = at()
        if ((before.disabledAt === null) === (disabledAt === null)) return fail({ reason: 'already' as const })
        // It takes a place again that disabling gave back.
        if (disabledAt === null) await assertRoom(tx, () => countClients(tx))
        await setDisabledAt(tx, id, disabledAt)
        await tellOfClient(tx, id)
        await events.recordEvent(tx, context, { action, target: id })
        return ok({ ...before, disabledAt })
      })

  return {
    find: (id) => findClient(db, id),
    list: ({ after, limit }) => listClients(db, after, limit),
    create: (context, input) =>
      attempt(db, async (tx) => {
        const planned = plan(input, clock.now())
        if (!planned.ok) return planned
        if (isBuiltIn(planned.value.id)) return fail({ reason: 'id-taken' as const })
        await assertRoom(tx, () => countClients(tx))
        const made = input.type === 'confidential' ? secrets.generate() : undefined
        const row = { ...planned.value, secretHash: made?.hash ?? null }
        if (!(await insertClient(tx, row))) return fail({ reason: 'id-taken' as const })
        const allowed = await allowApis(tx, row.id, input.apis ?? [])
        if (!allowed.ok) return allowed
        await tellOfClient(tx, row.id)
        const client: Client = {
          ...row,
          disabledAt: null,
          serviceAccount: null,
          apis: (input.apis ?? []).map((audience) => ({ audience, scopes: null })),
        }
        await events.recordEvent(tx, context, {
          action: 'client.created',
          target: row.id,
          after: { public: snapshotOf(client) },
        })
        return ok({ client, secret: made?.secret })
      }),
    update: (context, id, change) =>
      attempt(db, async (tx) => {
        const before = await lockClient(tx, id)
        if (!before) return fail({ reason: 'not-found' as const })
        const apis = changed(
          before.apis.map(({ audience }) => audience),
          change.addApis,
          change.removeApis,
        )
        const after: Client = {
          ...before,
          apis: apis.map(
            (audience) => before.apis.find((one) => one.audience === audience) ?? { audience, scopes: null },
          ),
          redirectUris: changed(before.redirectUris, change.addRedirectUris, change.removeRedirectUris),
          postLogoutRedirectUris: changed(
            before.postLogoutRedirectUris,
            change.addPostLogoutRedirectUris,
            change.removePostLogoutRedirectUris,
          ),
          organisations: change.organisations ?? before.organisations,
          mfa: change.mfa === undefined ? before.mfa : change.mfa,
        }
        const refused = addressRefusal(after)
        if (refused) return fail(refused)
        const allowed = await allowApis(
          tx,
          id,
          after.apis.filter((one) => !before.apis.includes(one)).map(({ audience }) => audience),
        )
        if (!allowed.ok) return allowed
        for (const one of before.apis) if (!after.apis.includes(one)) await disallowApi(tx, id, one.audience)
        await setChangeable(tx, id, after)
        await tellOfClient(tx, id)
        await events.recordEvent(tx, context, {
          action: 'client.updated',
          target: id,
          before: { public: changeable(before) },
          after: { public: changeable(after) },
        })
        return ok(after)
      }),
    actAs: (context, id, account) =>
      attempt(db, async (tx) => {
        const before = await lockClient(tx, id)
        if (!before) return fail({ reason: 'not-found' as const })
        if (account && !before.grantTypes.includes('client_credentials'))
          return fail({ reason: 'not-a-program' as const })
        if (account && !(await programs.isActive(tx, account))) return fail({ reason: 'account-not-active' as const })
        const uuid = account && serviceAccountId.toUuid(account)
        const other = uuid && (await clientOfServiceAccount(tx, uuid))
        if (other && other !== id) return fail({ reason: 'taken' as const })
        await setServiceAccount(tx, id, uuid)
        await tellOfClient(tx, id)
        const after = { ...before, serviceAccount: account }
        await events.recordEvent(tx, context, {
          action: 'client.updated',
          target: id,
          before: { public: { serviceAccount: before.serviceAccount } },
          after: { public: { serviceAccount: account } },
        })
        return ok(after)
      }),
    ofAccount: (account) => findClientOfAccount(db, serviceAccountId.toUuid(account)),
    rotateSecret: (context, id) =>
      attempt(db, async (tx) => {
        const before = await lockClient(tx, id)
        if (!before) return fail({ reason: 'not-found' as const })
        if (!before.secretHash) return fail({ reason: 'has-no-secret' as const })
        const { secret, hash } = secrets.generate()
        await setSecretHash(tx, id, hash, clock.now())
        await tellOfClient(tx, id)
        await events.recordEvent(tx, context, { action: 'client.secret_rotated', target: id })
        return ok({ secret })
      }),
    disable: setDisabled('client.disabled', () => clock.now()),
    enable: setDisabled('client.enabled', () => null),
  }
}

async function allowApis(tx: Tx, clientId: string, audiences: readonly string[]): Promise<Result<void, NoSuchApi>> {
  for (const audience of new Set(audiences)) {
    const api = await findApi(tx, audience)
    if (!api) return fail({ reason: 'no-such-api', audience })
    await allowApi(tx, clientId, apiId.toUuid(api.id))
  }
  return ok(undefined)
}
