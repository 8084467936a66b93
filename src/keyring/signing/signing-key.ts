import { z } from 'zod'
import { defineId } from '../../lib/ids.ts'
import type { Place } from '../seal/sealed.ts'

export const signingKeyId = defineId('key')

export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/**
 * next: published, signs nothing yet. active: signs. retired: still published, until the last token it signed has
 * died. gone: neither published nor in existence; the row remembers that it was.
 */
export type SigningKeyState = 'next' | 'active' | 'retired' | 'gone'

/** Whose keys: those of the instance, or those of one API alone (its uuid). */
export type KeyHolder = 'instance' | { readonly api: string }

export const signingKeyRow = z.object({
  id: z.uuid(),
  api_id: z.uuid().nullable(),
  kid: z.string(),
  algorithm: z.enum(SIGNING_ALGORITHMS),
  state: z.enum(['next', 'active', 'retired', 'gone']),
  sealed: z.instanceof(Buffer).nullable(),
  created_at: z.date(),
  activated_at: z.date().nullable(),
  retired_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  gone_at: z.date().nullable(),
})
export type SigningKeyRow = z.infer<typeof signingKeyRow>

export const placeOfSigningKey = (uuid: string): Place => ({ table: 'signing_keys', column: 'sealed', row: uuid })

export const inState = (rows: readonly SigningKeyRow[], state: SigningKeyState): SigningKeyRow | undefined =>
  rows.find((row) => row.state === state)

/** From the configuration; times in milliseconds. */
export interface SigningKeyPolicy {
  readonly algorithm: SigningAlgorithm
  readonly modulusLength: 2048 | 3072 | 4096
  readonly rotateEvery: number
  readonly publishBefore: number
  readonly longestTokenLifetime: number
}
