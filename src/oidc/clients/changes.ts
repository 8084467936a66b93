import { isDeepStrictEqual } from 'node:util'
import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import type { Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { apiId } from '../apis/api.ts'
import { findApi } from '../apis/store.ts'
import type { AssertRoom } from '../ports.ts'
import { isBuiltIn } from './built-in.ts'
import { type ApiGrant, type Client, type ClientSecret, clientSecretId, keepsSecrets } from './client.ts'
import { isOursNoMore } from './disowned.ts'
import type { ClientFault } from './faults.ts'
import { differing, snapshotOf } from './fields.ts'
import type { Bounds } from './judge.ts'
import {
  type ClientChange,
  type CreateClientFault,
  changedBy,
  type NewClient,
  type NoSuchApi,
  plan,
  type UpdateClientFault,
} from './registration.ts'
import { callsPeopleOtherwise, endGrantsOf } from './renaming.ts'
import type { ClientSecrets } from './secret.ts'
import {
  allowApi,
  countClients,
  deleteSecrets,
  disallowApi,
  insertClient,
  insertSecret,
  lockClient,
  tellOfClient,
  updateClient,
} from './store.ts'

export interface CreatedClient {
  readonly client: Client
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string> | undefined
}

/** In the transaction of whoever has more to write, or nothing of it. A refusal may leave something behind: they roll back. */
export interface ChangesOfClients {
  create(tx: Tx, context: ActorContext, input: NewClient): Promise<Result<CreatedClient, CreateClientFault>>
  /** What is to change is decided by what it is, which nobody changes in between. */
  revise<F>(
    tx: Tx,
    context: ActorContext,
    id: string,
    decide: (before: Client) => Result<ClientChange, F>,
  ): Promise<Result<Client, UpdateClientFault | F>>
}

export interface ChangesDeps {
  readonly events: EventWriter
  readonly secrets: ClientSecrets
  readonly clock: Clock
  readonly assertRoom: AssertRoom
  readonly bounds: Bounds
}

export function changesOfClients({ events, secrets, clock, assertRoom, bounds }: ChangesDeps): ChangesOfClients {
  const firstSecret = async (tx: Tx, clientId: string) => {
    const { secret, hash, hint } = secrets.generate()
    const row: ClientSecret = { id: clientSecretId.generate(), hash, hint, createdAt: clock.now(), expiresAt: null }
    await insertSecret(tx, clientId, row)
    return { secret, row }
  }

  return {
    create: async (tx, context, input) => {
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
    },
    revise: async (tx, context, id, decide) => {
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
    },
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
