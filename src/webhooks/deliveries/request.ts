import type { InstanceTx } from '../../db/transaction.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { SecretsOf } from '../secrets/seals.ts'
import { signedHeaders } from '../signing/sign.ts'
import { bodyOf } from './body.ts'
import type { Delivery } from './delivery.ts'
import type { ReadEntry } from './ports.ts'

export interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface RequestDeps {
  readonly readEntry: ReadEntry
  readonly secretsOf: SecretsOf
  /** What receivers see in their logs. */
  readonly userAgent: string
}

interface Told {
  readonly endpoint: Pick<Endpoint, 'id' | 'url' | 'personal'>
  readonly delivery: Pick<Delivery, 'event'>
}

/**
 * A request as it is at this moment: of who was erased since the last attempt there is nothing in it, and it is signed by the
 * secrets that live. So what is shown afterwards is what would be sent now, with the time of then. Null: retention took it, or
 * the endpoint has no secret any more.
 */
export async function requestOf(
  tx: InstanceTx,
  { readEntry, secretsOf, userAgent }: RequestDeps,
  { endpoint, delivery }: Told,
  at: Date,
): Promise<Request | null> {
  const entry = await readEntry(tx, delivery.event, endpoint.personal)
  if (!entry) return null
  const secrets = await secretsOf(tx, endpoint.id)
  // It was removed a moment ago: nothing leaves that nobody can verify.
  if (secrets.length === 0) return null
  const body = bodyOf(entry)
  const signed = signedHeaders(secrets, { id: entry.id, at, body })
  return {
    url: endpoint.url,
    headers: { ...signed, 'content-type': 'application/json', 'user-agent': userAgent },
    body,
  }
}
