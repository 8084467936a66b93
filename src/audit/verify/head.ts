import { z } from 'zod'
import { fail, ok, type Result } from '../../lib/result.ts'
import { HEAD_TYPE, type LogKeys } from './log-keys.ts'
import type { Wrong } from './verdict.ts'

const payload = z.looseObject({
  iss: z.string(),
  seq: z.int().min(1),
  first: z.int().min(1),
  head: z.string().regex(/^[0-9a-f]{64}$/),
})

export interface SignedHead {
  readonly issuer: string
  /** The segment that it signs begins there and ends at `seq`; the hash covers all that came before as well. */
  readonly first: number
  readonly seq: number
  readonly hash: string
  readonly kid: string
  readonly isTrusted: boolean
}

export interface HeadFault {
  readonly wrong: Wrong
  readonly detail: string
}

export async function openHead(keys: Pick<LogKeys, 'open'>, jws: string): Promise<Result<SignedHead, HeadFault>> {
  const opened = await keys.open(jws, HEAD_TYPE)
  if (!opened.ok) return opened
  const read = payload.safeParse(opened.value.payload)
  if (!read.success || read.data.first > read.data.seq)
    return fail({ wrong: 'malformed', detail: 'what was signed is no head of a log' })
  const { iss: issuer, first, seq, head: hash } = read.data
  return ok({ issuer, first, seq, hash, kid: opened.value.kid, isTrusted: opened.value.isTrusted })
}
