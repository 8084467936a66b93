import type { ActorContext } from '../../audit/actor.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { OwnConsents, Programs } from '../ports.ts'
import { type ChangesDeps, type ChangesOfClients, type CreatedClient, changesOfClients } from './changes.ts'
import type { Client } from './client.ts'
import { faultsOf, type Refusal } from './judge.ts'
import type { ClientChange, CreateClientFault, NewClient, UpdateClientFault } from './registration.ts'
import { removing } from './removal.ts'
import { type SecretsOfClients, type SecretsWithin, secretsOfClients } from './secrets.ts'
import {
  clientOfServiceAccount,
  countClients,
  findClient,
  findClientOfAccount,
  listClients,
  lockClient,
  setDisabledAt,
  setServiceAccount,
  tellOfClient,
} from './store.ts'

const serviceAccountId = defineId('sva')

export interface Clients extends SecretsOfClients {
  find(id: string): Promise<Client | undefined>
  list(page: { readonly after?: string; readonly limit: number }): Promise<Client[]>
  /** Under which rules it would not be registered today: it is older than they are. */
  faultsOf(client: Client): Refusal[]
  create(context: ActorContext, input: NewClient): Promise<Result<CreatedClient, CreateClientFault>>
  /** The same in the transaction of whoever has more to write; where it refuses, they roll back. */
  readonly within: ChangesOfClients & SecretsWithin
  update(context: ActorContext, id: string, change: ClientChange): Promise<Result<Client, UpdateClientFault>>
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

interface ClientsDeps extends ChangesDeps {
  readonly db: Db
  readonly programs: Programs
  readonly consents: Pick<OwnConsents, 'withdrawFrom'>
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

  const changes = changesOfClients(deps)
  const ofSecrets = secretsOfClients({ db, events, secrets, clock })
  return {
    ...ofSecrets,
    find: (id) => findClient(db, id),
    list: ({ after, limit }) => listClients(db, after, limit),
    faultsOf: (client) => faultsOf(client, bounds),
    create: (context, input) => attempt(db, (tx) => changes.create(tx, context, input)),
    within: { ...changes, ...ofSecrets.within },
    update: (context, id, change) => attempt(db, (tx) => changes.revise<never>(tx, context, id, () => ok(change))),
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
    remove: removing(deps),
  }
}
