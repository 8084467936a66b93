import { createHmac } from 'node:crypto'
import type { Secret } from '../../lib/secret.ts'

export interface Message {
  /** The same for every attempt and every replay: by it a receiver knows what it has had. */
  readonly id: string
  /** Of this attempt: what is older than five minutes is not believed, whoever sends it again. */
  readonly at: Date
  readonly body: string
}

/** Names of Standard Webhooks 1.0.0, whose libraries verify them in a dozen languages. */
export interface UnsignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
}

export interface SignedHeaders extends UnsignedHeaders {
  readonly 'webhook-signature': string
}

const SCHEME = 'v1'

export const unsignedHeaders = ({ id, at }: Omit<Message, 'body'>): UnsignedHeaders => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
})

/** HMAC-SHA256 over id, time and body, by each secret that is live: whoever knows one of them can verify it. */
export function signedHeaders(secrets: readonly Secret<Buffer>[], { id, at, body }: Message): SignedHeaders {
  if (secrets.length === 0) throw new Error('a message without a signature is none')
  const unsigned = unsignedHeaders({ id, at })
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', secret.reveal())
      .update(`${id}.${unsigned['webhook-timestamp']}.${body}`)
      .digest('base64')
    return `${SCHEME},${mac}`
  })
  return { ...unsigned, 'webhook-signature': signatures.join(' ') }
}
