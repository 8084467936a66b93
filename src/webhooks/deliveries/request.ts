import type { EventId } from '../../audit/event.ts'
import type { InstanceTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { SecretsOf } from '../secrets/seals.ts'
import { signedHeaders, type UnsignedHeaders, unsignedHeaders } from '../signing/sign.ts'
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

/** Retention took the event; or the endpoint was removed a moment ago: nothing leaves that nobody can verify. */
type Unmade = 'event-gone' | 'no-secret'

/**
 * A request as it is at this moment: of who was erased since the last attempt there is nothing in it, and it is signed by the
 * secrets that live.
 */
export async function requestOf(
  tx: InstanceTx,
  deps: RequestDeps,
  told: Told,
  at: Date,
): Promise<Result<Request, Unmade>> {
  const content = await contentOf(tx, deps, told)
  if (!content.ok) return content
  const { id, body, secrets } = content.value
  return ok({
    url: told.endpoint.url,
    headers: headersOf(deps, signedHeaders(secrets, { id, at, body })),
    body,
  })
}

/**
 * What would be sent now, with the time of then and no signature. One that is made to be looked at was never sent, and is as
 * good as a sent one: whoever reads it could send a message of their own making.
 */
export async function unsignedRequestOf(
  tx: InstanceTx,
  deps: RequestDeps,
  told: Told,
  at: Date,
): Promise<Omit<Request, 'url'> | null> {
  const content = await contentOf(tx, deps, told)
  if (!content.ok) return null
  const { id, body } = content.value
  return { headers: headersOf(deps, unsignedHeaders({ id, at })), body }
}

interface Content {
  readonly id: EventId
  readonly body: string
  readonly secrets: readonly Secret<Buffer>[]
}

async function contentOf(
  tx: InstanceTx,
  { readEntry, secretsOf }: RequestDeps,
  { endpoint, delivery }: Told,
): Promise<Result<Content, Unmade>> {
  const entry = await readEntry(tx, delivery.event, endpoint.personal)
  if (!entry) return fail('event-gone')
  const secrets = await secretsOf(tx, endpoint.id)
  return secrets.length === 0 ? fail('no-secret') : ok({ id: entry.id, body: bodyOf(entry), secrets })
}

const headersOf = ({ userAgent }: RequestDeps, own: UnsignedHeaders) => ({
  ...own,
  'content-type': 'application/json',
  'user-agent': userAgent,
})
