import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { type Client, type ClientSecret, clientSecretId, keepsSecrets } from './client.ts'
import type { ClientFault } from './faults.ts'
import type { ClientSecrets } from './secret.ts'
import { deleteSecret, insertSecret, lockClient, setSecretExpiry, tellOfClient } from './store.ts'

/** One that is coming and one that is going are two; the rest is for several places that are not changed at once. */
export const MOST_SECRETS = 5

export interface MadeSecret {
  readonly id: Id<'csec'>
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string>
  readonly expiresAt: Date | null
}

export interface RotatedSecret extends MadeSecret {
  /** Until then those before count too; null: they are refused from now on. */
  readonly until: Date | null
}

type NotFound = { readonly reason: 'not-found' }

export interface SecretsOfClients {
  addSecret(
    context: ActorContext,
    id: string,
    options?: { readonly expiresAt?: Date },
  ): Promise<Result<MadeSecret, NotFound | ClientFault<'has-no-secret' | 'too-many-secrets'>>>
  /** The last that counts goes only where that was said. */
  removeSecret(
    context: ActorContext,
    id: string,
    secret: string,
    options?: { readonly evenTheLast?: boolean },
  ): Promise<Result<{ readonly left: number }, NotFound | ClientFault<'no-such-secret' | 'last-secret'>>>
  /** A new one; those before count for `overlap` milliseconds more, or as long as they would have. */
  rotateSecret(
    context: ActorContext,
    id: string,
    options: { readonly overlap: number },
  ): Promise<Result<RotatedSecret, NotFound | ClientFault<'has-no-secret' | 'too-many-secrets'>>>
}

/** In the transaction of whoever has more to write. */
export interface SecretsWithin {
  addSecret(
    tx: Tx,
    context: ActorContext,
    id: string,
    options?: { readonly expiresAt?: Date },
  ): ReturnType<SecretsOfClients['addSecret']>
  removeSecret(
    tx: Tx,
    context: ActorContext,
    id: string,
    secret: string,
    options?: { readonly evenTheLast?: boolean },
  ): ReturnType<SecretsOfClients['removeSecret']>
}

export const counting = ({ secrets }: Pick<Client, 'secrets'>, now: Date): ClientSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)

interface SecretsDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly secrets: ClientSecrets
  readonly clock: Clock
}

export function secretsOfClients({ db, events, secrets, clock }: SecretsDeps): SecretsOfClients & {
  readonly within: SecretsWithin
} {
  const facts = ({ id, hint, expiresAt }: ClientSecret) => ({
    public: { secretId: id, hint, expiresAt: expiresAt?.toISOString() ?? null },
  })

  /** Those that have expired are refused anyway, and make room. */
  const sweep = async (tx: Tx, client: Client): Promise<ClientSecret[]> => {
    const live = counting(client, clock.now())
    for (const one of client.secrets) if (!live.includes(one)) await deleteSecret(tx, one)
    return live
  }

  const insert = async (tx: Tx, clientId: string, expiresAt: Date | null) => {
    const { secret, hash, hint } = secrets.generate()
    const row: ClientSecret = { id: clientSecretId.generate(), hash, hint, createdAt: clock.now(), expiresAt }
    await insertSecret(tx, clientId, row)
    return { row, made: { id: row.id, secret, expiresAt } }
  }

  const within: SecretsWithin = {
    addSecret: async (tx, context, id, { expiresAt = null as Date | null } = {}) => {
      const client = await lockClient(tx, id)
      if (!client) return fail({ reason: 'not-found' as const })
      if (!keepsSecrets(client)) return fail({ reason: 'has-no-secret' as const })
      if ((await sweep(tx, client)).length >= MOST_SECRETS) return fail({ reason: 'too-many-secrets' as const })
      const { row, made } = await insert(tx, id, expiresAt)
      await tellOfClient(tx, id)
      await events.recordEvent(tx, context, { action: 'client.secret_added', target: id, after: facts(row) })
      return ok(made)
    },
    removeSecret: async (tx, context, id, secret, { evenTheLast = false } = {}) => {
      const client = await lockClient(tx, id)
      if (!client) return fail({ reason: 'not-found' as const })
      const found = client.secrets.find((one) => one.id === secret)
      if (!found) return fail({ reason: 'no-such-secret' as const, value: secret })
      const live = counting(client, clock.now())
      const left = live.filter((one) => one !== found).length
      if (left === 0 && live.includes(found) && !evenTheLast) return fail({ reason: 'last-secret' as const })
      await deleteSecret(tx, found)
      await tellOfClient(tx, id)
      await events.recordEvent(tx, context, { action: 'client.secret_removed', target: id, before: facts(found) })
      return ok({ left })
    },
  }
  return {
    within,
    addSecret: (...said) => attempt(db, (tx) => within.addSecret(tx, ...said)),
    removeSecret: (...said) => attempt(db, (tx) => within.removeSecret(tx, ...said)),
    rotateSecret: (context, id, { overlap }) =>
      attempt(db, async (tx) => {
        const client = await lockClient(tx, id)
        if (!client) return fail({ reason: 'not-found' as const })
        if (!keepsSecrets(client)) return fail({ reason: 'has-no-secret' as const })
        const live = await sweep(tx, client)
        if (overlap > 0 && live.length >= MOST_SECRETS) return fail({ reason: 'too-many-secrets' as const })
        const end = new Date(clock.now().getTime() + overlap)
        for (const one of live) {
          if (overlap === 0) await deleteSecret(tx, one)
          else if (one.expiresAt === null || one.expiresAt > end) await setSecretExpiry(tx, one, end)
        }
        const until = overlap > 0 && live.length > 0 ? end : null
        const { row, made } = await insert(tx, id, null)
        await tellOfClient(tx, id)
        await events.recordEvent(tx, context, {
          action: 'client.secret_rotated',
          target: id,
          before: { public: { secretIds: live.map((one) => one.id), countUntil: until?.toISOString() ?? null } },
          after: facts(row),
        })
        return ok({ ...made, until })
      }),
  }
}
