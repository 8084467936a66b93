import type { Sealer } from '../../keyring/seal/sealer.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { inLogOf } from '../endpoints/event.ts'
import type { Acting, RecordWebhookEvent } from '../endpoints/ports.ts'
import type { EndpointTx } from '../endpoints/store.ts'
import { keepSecret } from './seals.ts'
import { generateSecret, readSecret, writeSecret } from './secret.ts'
import { deleteSecretsBut, endSecretAt, liveSecrets } from './store.ts'

/** One that was made elsewhere, or one of ours where nothing is said. */
export type SecretWish = Secret<string> | undefined

export const secretFor = (wish: SecretWish): Secret<Buffer> | undefined =>
  wish === undefined ? generateSecret() : readSecret(wish.reveal())

export interface Rotation {
  /** Milliseconds for which messages are signed with the former one too; 0: it ends at once. */
  readonly overlap?: number | undefined
  readonly secret?: SecretWish
}

export interface RotatedSecret {
  readonly endpoint: Endpoint
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string>
  /** Null: it has ended. */
  readonly formerEndsAt: Date | null
}

export type RotationFault = 'overlap-invalid' | 'secret-invalid'

export interface RotateDeps<By extends Acting> {
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  readonly settings: { readonly overlap: number }
  readonly record: RecordWebhookEvent<By>
  readonly clock: Clock
}

const LONGEST_OVERLAP = 30 * 24 * 3_600_000

/**
 * Two sign at a time, however often it is rotated: what was former before is gone. The row of the endpoint is locked by the
 * caller: of two rotations at once the second follows the first.
 */
export const rotateSecret =
  <By extends Acting>(deps: RotateDeps<By>) =>
  async (tx: EndpointTx, by: By, endpoint: Endpoint, wish: Rotation): Promise<Result<RotatedSecret, RotationFault>> => {
    const now = deps.clock.now()
    const overlap = wish.overlap ?? deps.settings.overlap
    if (!(overlap >= 0 && overlap <= LONGEST_OVERLAP)) return fail('overlap-invalid')
    const secret = secretFor(wish.secret)
    if (!secret) return fail('secret-invalid')
    const [current] = await liveSecrets(tx, endpoint.id, now)
    const formerEndsAt = current && overlap > 0 ? new Date(now.getTime() + overlap) : null
    await deleteSecretsBut(tx, endpoint.id, current && formerEndsAt ? [current.id] : [])
    if (current && formerEndsAt) await endSecretAt(tx, current.id, formerEndsAt)
    await keepSecret(deps, tx, endpoint, secret)
    await deps.record(tx, inLogOf(by, endpoint), {
      action: 'webhook.secret_rotated',
      target: endpoint.id,
      after: { public: { madeHere: wish.secret === undefined, formerEndsAt: (formerEndsAt ?? now).toISOString() } },
    })
    return ok({ endpoint, secret: writeSecret(secret), formerEndsAt })
  }

/** The former one, before its time: when every receiver has the new one, or when it leaked. */
export const endFormerSecret =
  <By extends Acting>({ record, clock }: Pick<RotateDeps<By>, 'record' | 'clock'>) =>
  async (tx: EndpointTx, by: By, endpoint: Endpoint): Promise<Result<Endpoint, 'no-former'>> => {
    const [current, former] = await liveSecrets(tx, endpoint.id, clock.now())
    if (!current || !former) return fail('no-former')
    await deleteSecretsBut(tx, endpoint.id, [current.id])
    await record(tx, inLogOf(by, endpoint), {
      action: 'webhook.secret_removed',
      target: endpoint.id,
      before: { public: { formerEndsAt: former.expiresAt?.toISOString() ?? null } },
    })
    return ok(endpoint)
  }
