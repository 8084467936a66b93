import { isDeepStrictEqual } from 'node:util'
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
import { type ApiGrant, type Client, type ClientSecret, clientSecretId, keepsSecrets } from './client.ts'
import { isOursNoMore } from './disowned.ts'
import type { ClientFault } from './faults.ts'
import { differing, snapshotOf } from './fields.ts'
import { type Bounds, faultsOf, type Refusal } from './judge.ts'
import {
  type ClientChange,
  type CreateClientFault,
  changedBy,
  type NewClient,
  type NoSuchApi,
  plan,
  type UpdateClientFault,
} from './registration.ts'
import { removing } from './removal.ts'
import { callsPeopleOtherwise, endGrantsOf } from './renaming.ts'
import type { ClientSecrets } from './secret.ts'
import { type SecretsOfClients, secretsOfClients } from './secrets.ts'
import {
  allowApi,
  clientOfServiceAccount,
  countClients,
  deleteSecrets,
  disallowApi,
  findClient,
  findClientOfAccount,
  insertClient,
  insertSecret,
  listClients,
  lockClient,
  setDisabledAt,
  setServiceAccount,
  tellOfClient,
  updateClient,
} from './store.ts'

const serviceAccountId = defineId('sva')

export interface CreatedClient {
  readonly client: Client
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string> | undefined
}

export interface Clients extends SecretsOfClients {
  find(id: string): Promise<Client | undefined>
  list(page: { readonly after?: string; readonly limit: number }): Promise<Client[]>
  /** Under which rules it would not be registered today: it is older than they are. */
  faultsOf(client: Client): Refusal[]
  create(context: ActorContext, input: NewClient): Promise<Result<CreatedClient, CreateClientFault>>
  update(context: ActorContext, id: string, change: ClientChange): Promise<Result<Client, UpdateClientFault>>
  /** What is to change is decided by what it is, which nobody changes in between. */
  revise<F>(
    context: ActorContext,
    id: string,
    decide: (before: Client) => Result<ClientChange, F>,
  ): Promise<Result<Client, UpdateClientFault | F>>
  /** As what it acts with its own credentials, instead of as itself; null ends that. Of one account, one client. */
  actAs(
    context: ActorContext,
    id: string,
    account: Id<'sva'> | null,
  ): Promise<Result<Client, { readonly reason: 'not-found' | 'not-a-program' | 'account-not-active' | 'taken' }>>
  /** The one that acts as it. */
  ofAccount(account: Id<'sva'>): Promise<string | undefined>
  disable(context: ActorContext, id: string): Promise<Result<Client, { readonly reason: 'not-found' | 'already' }>>
  enable(context: ActorContext, id: string): Promise<Result<Client, { readonly reason: 'not-found' | 'already' }>>
  /** For good. What was granted through it ends; its id is never given again. */
  remove(
    context: ActorContext,
    id: string,
  ): Promise<Result<{ readonly grants: number }, { readonly reason: 'not-found' }>>
}

interface ClientsDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly secrets: ClientSecrets
  readonly programs: Programs
  readonly clock: Clock
  readonly assertRoom: AssertRoom
  readonly bounds: Bounds
}

export function createClients(deps: ClientsDeps): Clients {
  const { db, events, secrets, programs, clock, assertRoom, bounds } = deps
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

  const firstSecret = async (tx: Tx, clientId: string) => {
    const { secret, hash, hint } = secrets.generate()
    const row: ClientSecret = { id: clientSecretId.generate(), hash, hint, createdAt: clock.now(), expiresAt: null }
    await insertSecret(tx, clientId, row)
    return { secret, row }
  }

  const revise = <F>(
    context: ActorContext,
    id: string,
    decide: (before: Client) => Result<ClientChange, F>,
  ): Promise<Result<Client, UpdateClientFault | F>> =>
    attempt<Result<Client, UpdateClientFault | F>>(db, async (tx) => {
      const before = await lockClient(tx, id)
      if (!before) return fail({ reason: 'not-found' as const })
      const decided = decide(before)
      if (!decided.ok) return decided
      const { value: change } = decided
      const planned = changedBy(before, change, bounds)
      if (!planned.ok) return planned
      // By a key from now on: a secret that nobody needs is one that somebody may still find.
      const idle = !keepsSecrets(planned.value)
      const after: Client = idle ? { ...planned.value, secrets: [] } : planned.value
      const difference = differing(before, after)
      if (!difference && change.registrationHash === undefined) return ok(before)
      const lost = before.apis.filter((was) => !after.apis.some(({ audience }) => audience === was.audience))
      const refused = await allowApis(
        tx,
        id,
        after.apis.filter((one) => !before.apis.some((was) => isDeepStrictEqual(was, one))),
      )
      if (refused) return fail(refused)
      for (const { audience } of lost) await disallowApi(tx, id, audience)
      if (idle) await deleteSecrets(tx, id)
      await updateClient(tx, after)
      if (callsPeopleOtherwise(before, after) || isOursNoMore(before, after)) await endGrantsOf(tx, id)
      await tellOfClient(tx, id)
      await events.recordEvent(tx, context, {
        action: 'client.updated',
        target: id,
        before: { public: difference?.before ?? {} },
        after: { public: difference?.after ?? {} },
      })
      return ok(after)
    })

  return {
    ...secretsOfClients({ db, events, secrets, clock }),
    find: (id) => findClient(db, id),
    list: ({ after, limit }) => listClients(db, after, limit),
    faultsOf: (client) => faultsOf(client, bounds),
    create: (context, input) =>
      attempt(db, async (tx) => {
        const planned = plan(input, clock.now(), bounds)
        if (!planned.ok) return planned
        const { value: row } = planned
        if (isBuiltIn(row.id)) return fail({ reason: 'id-taken' as const })
        await assertRoom(tx, () => countClients(tx))
        if (!(await insertClient(tx, row))) return fail({ reason: 'id-taken' as const })
        const made = keepsSecrets(row) ? await firstSecret(tx, row.id) : undefined
        const refused = await allowApis(tx, row.id, row.apis)
        if (refused) return fail(refused)
        await tellOfClient(tx, row.id)
        const client: Client = { ...row, secrets: made ? [made.row] : [] }
        await events.recordEvent(tx, context, {
          action: 'client.created',
          target: row.id,
          after: { public: snapshotOf(client) },
        })
        return ok({ client, secret: made?.secret })
      }),
    update: (context, id, change) => revise<never>(context, id, () => ok(change)),
    revise,
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
    disable: setDisabled('client.disabled', () => clock.now()),
    enable: setDisabled('client.enabled', () => null),
    remove: removing({ db, events, clock }),
  }
}

async function allowApis(
  tx: Tx,
  clientId: string,
  grants: readonly ApiGrant[],
): Promise<NoSuchApi | ClientFault<'no-scope'> | undefined> {
  for (const grant of grants) {
    const { audience, scopes } = grant
    const api = await findApi(tx, audience)
    if (!api) return { reason: 'no-such-api', audience }
    const other = scopes?.find((scope) => !api.scopes.includes(scope))
    if (other !== undefined) return { reason: 'no-scope', value: other }
    await allowApi(tx, clientId, apiId.toUuid(api.id), grant)
  }
  return undefined
}
