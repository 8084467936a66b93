import { type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { DeadTokens } from './revoked-claims.ts'

/** What one answer of the feed says, once its signature and its place in the order of answers are known to be right. */
export interface RevocationAnswer {
  readonly seq: number
  readonly next: string
  readonly more: boolean
  /** Milliseconds: when it was written, by the server's clock. */
  readonly writtenAt: number
  readonly entries: readonly DeadTokens[]
}

export type Refused =
  | 'unreachable'
  | 'refused'
  | 'too-large'
  | 'not-signed'
  | 'content-invalid'
  | 'to-another-question'
  | 'rolled-back'

/** Why an answer was not believed. Nothing of it was taken in. */
export class RevocationFeedError extends Error {
  readonly reason: Refused

  constructor(reason: Refused, message: string, options?: ErrorOptions) {
    super(`the revocation feed: ${message}`, options)
    this.name = 'RevocationFeedError'
    this.reason = reason
  }
}

interface Expected {
  readonly issuer: string
  readonly api: string
  readonly keys: JWTVerifyGetKey
  readonly now: Date
  /** Seconds by which the two clocks may differ. */
  readonly tolerance: number
  /** What was asked. */
  readonly after: string | undefined
  /** Of the answer before; undefined where there was none. */
  readonly lastSeq: number | undefined
}

export async function openAnswer(text: string, expected: Expected): Promise<RevocationAnswer> {
  const { issuer, api, keys, now, tolerance, after, lastSeq } = expected
  const { payload } = await jwtVerify(text, keys, {
    issuer,
    audience: api,
    typ: 'revocations+jwt',
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    currentDate: now,
    clockTolerance: tolerance,
    requiredClaims: ['iat', 'exp', 'seq', 'next', 'more', 'entries'],
  }).catch((cause: unknown) => {
    throw new RevocationFeedError('not-signed', 'an answer is not signed as it should be, or too old', { cause })
  })
  const { seq, next, more, entries, iat } = payload
  if (
    !isWhole(seq) ||
    typeof next !== 'string' ||
    typeof more !== 'boolean' ||
    !Array.isArray(entries) ||
    !isWhole(iat)
  )
    throw new RevocationFeedError('content-invalid', 'an answer lacks what it should say')
  if (payload['after'] !== after)
    throw new RevocationFeedError('to-another-question', 'an answer is to another question than the one that was asked')
  // Equal is as bad: it was told before, and tells nothing of the time since.
  if (lastSeq !== undefined && seq <= lastSeq)
    throw new RevocationFeedError('rolled-back', 'an answer is older than the one before')
  return { seq, next, more, writtenAt: iat * 1000, entries: entries.map(deadTokens) }
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws: to leave out the one entry that is not understood would be to believe the token that it speaks of. */
export function deadTokens(value: unknown): DeadTokens {
  const { before, from, exp, claims } = isFields(value) ? value : {}
  if (isWhole(before) && (from === undefined || isWhole(from)) && isWhole(exp) && isFields(claims)) {
    const named = Object.entries(claims).flatMap(([name, one]) =>
      typeof one === 'string' ? [[name, one] as const] : [],
    )
    if (named.length > 0 && named.length === Object.keys(claims).length)
      return { before, ...(from !== undefined && { from }), exp, claims: Object.fromEntries(named) }
  }
  throw new RevocationFeedError('content-invalid', 'an entry is not understood')
}
