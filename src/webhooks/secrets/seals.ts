import type { Place } from '../../keyring/seal/sealed.ts'
import type { Sealer } from '../../keyring/seal/sealer.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Endpoint, EndpointId } from '../endpoints/endpoint.ts'
import type { EndpointTx } from '../endpoints/store.ts'
import { insertSecret, liveSecrets, type SecretId, secretId } from './store.ts'

/** The instance's: a secret is no person's. */
interface Sealed {
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  readonly clock: Clock
}

const placeOf = (id: SecretId): Place => ({ table: 'webhook_secrets', column: 'sealed', row: secretId.toUuid(id) })

/** What messages to it are signed with at this moment: the bytes, the newest first, two at most. */
export type SecretsOf = (tx: EndpointTx, endpoint: EndpointId) => Promise<Secret<Buffer>[]>

export const secretsOf =
  ({ sealer, clock }: Pick<Sealed, 'clock'> & { readonly sealer: Pick<Sealer, 'open'> }): SecretsOf =>
  async (tx, endpoint) => {
    const stored = await liveSecrets(tx, endpoint, clock.now())
    return Promise.all(stored.map(({ id, sealed }) => sealer.open(placeOf(id), sealed)))
  }

export async function keepSecret(
  { sealer, clock }: Sealed,
  tx: EndpointTx,
  endpoint: Pick<Endpoint, 'id' | 'organisation'>,
  secret: Secret<Buffer>,
): Promise<void> {
  const id = secretId.generate()
  await insertSecret(tx, endpoint, { id, sealed: sealer.seal(placeOf(id), secret), createdAt: clock.now() })
}
