import { createHmac, timingSafeEqual } from 'node:crypto'

/** Why a request is not believed. Answer it with 400, and log the word: none of them says anything about the secret. */
export type WebhookRefusal =
  /** One of `webhook-id`, `webhook-timestamp`, `webhook-signature` is missing or stands there twice. */
  | 'header-missing'
  /** The time is no whole number of seconds. */
  | 'timestamp-invalid'
  /** Older than the tolerance: somebody sends again what they have recorded, or this clock is wrong. */
  | 'too-old'
  /** From the future by more than the tolerance: one of the clocks is wrong. */
  | 'too-new'
  /** No signature of the kind that is known here (`v1`). */
  | 'no-known-signature'
  /** Another secret, another body, or another id. A body that was parsed and written again is another body. */
  | 'signature-wrong'
  /** Signed, and yet not JSON of the form below. */
  | 'body-invalid'

export interface WebhookMessage {
  /** The same when it is sent again: keep it for as long as you keep what you did about it, and do nothing twice. */
  readonly id: string
  readonly type: string
  /** When it happened, not when it was sent. */
  readonly timestamp: string
  /** `sequence` tells the order: what arrives later may have happened before. */
  readonly data: { readonly id: string; readonly sequence: number; readonly [field: string]: unknown }
}

export type WebhookVerdict =
  | { readonly ok: true; readonly message: WebhookMessage }
  | { readonly ok: false; readonly reason: WebhookRefusal }

export interface WebhookToVerify {
  /** Of the request: an object of names and values (as Node and Express have them), or `Headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The bytes as they came, before anything parsed them. */
  readonly body: string | Uint8Array
  /** `whsec_…`; both of them while one follows the other. */
  readonly secrets: readonly string[]
  readonly now?: Date
  /** Milliseconds; five minutes. Remember the ids of at least so long and nothing that was recorded is taken twice. */
  readonly tolerance?: number
}

const PREFIX = 'whsec_'
const FIVE_MINUTES_MS = 5 * 60_000
/** What a sender of ours never needs, and an attacker would make us compute. */
const MOST_SIGNATURES = 8

/** Whether a request came from the server that knows one of the secrets, a moment ago, as it stands (Standard Webhooks 1.0.0). */
export function verifyWebhook(request: WebhookToVerify): WebhookVerdict {
  const { now = new Date(), tolerance = FIVE_MINUTES_MS } = request
  // Not a number is neither more nor less than anything: nothing would be too old.
  if (!Number.isFinite(tolerance) || tolerance <= 0) throw new TypeError('the tolerance is a number of milliseconds')
  if (Number.isNaN(now.getTime())) throw new TypeError('now is no time')
  const keys = request.secrets.map(keyOf)
  if (keys.length === 0) throw new TypeError('no secret was given: nothing could be verified')
  const id = headerIn(request, 'webhook-id')
  const timestamp = headerIn(request, 'webhook-timestamp')
  const signature = headerIn(request, 'webhook-signature')
  if (!id || !timestamp || !signature) return refuse('header-missing')
  if (!/^[0-9]{1,15}$/.test(timestamp)) return refuse('timestamp-invalid')

  const body = Buffer.from(request.body)
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
  const shown = signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : []))
  if (shown.length === 0) return refuse('no-known-signature')
  const macs = keys.map((key) => createHmac('sha256', key).update(signed).digest())
  if (!anyEqual(macs, shown.slice(0, MOST_SIGNATURES))) return refuse('signature-wrong')

  // After the signature: of what nobody signed, nobody learns how our clock goes.
  const age = now.getTime() - Number(timestamp) * 1000
  if (age > tolerance) return refuse('too-old')
  if (age < -tolerance) return refuse('too-new')
  const message = messageIn(id, body)
  return message ? { ok: true, message } : refuse('body-invalid')
}

const refuse = (reason: WebhookRefusal): WebhookVerdict => ({ ok: false, reason })

/** A mistake of whoever set it up, and no property of a request: it throws, and names no secret. */
function keyOf(secret: string): Buffer {
  // As it comes out of a file, with the end of its line.
  const shown = secret.trim()
  const encoded = shown.startsWith(PREFIX) ? shown.slice(PREFIX.length) : shown
  const key = Buffer.from(encoded, 'base64')
  if (key.length < 24 || key.toString('base64') !== encoded)
    throw new TypeError('a secret is whsec_ and the base64 of at least 24 bytes, as it was shown')
  return key
}

/** All against all, each compared in constant time: how long it takes says nothing about how near a guess was. */
function anyEqual(macs: readonly Buffer[], shown: readonly string[]): boolean {
  let found = false
  for (const text of shown) {
    const bytes = Buffer.from(text, 'base64')
    for (const mac of macs) if (bytes.length === mac.length && timingSafeEqual(bytes, mac)) found = true
  }
  return found
}

function headerIn({ headers }: WebhookToVerify, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const found = Object.entries(headers).filter(([key]) => key.toLowerCase() === name)
  const [value] = found.flatMap(([, one]) => one ?? [])
  // Said twice, each reader would pick another one.
  return found.flatMap(([, one]) => one ?? []).length === 1 ? value : undefined
}

function messageIn(id: string, body: Buffer): WebhookMessage | undefined {
  const read = parse(body)
  if (!isObject(read)) return undefined
  const { type, timestamp, data } = read
  if (typeof type !== 'string' || typeof timestamp !== 'string' || !isObject(data)) return undefined
  const { id: event, sequence } = data
  if (typeof event !== 'string' || typeof sequence !== 'number') return undefined
  return { id, type, timestamp, data: { ...data, id: event, sequence } }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
