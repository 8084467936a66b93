import type { Context } from 'hono'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { z } from 'zod'
import { defineCookie } from '../http/cookies.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import type { PendingInteraction } from './ports.ts'

const fields = z.object({
  email: z.string(),
  problem: z.enum(['mismatch']).optional(),
  missing: z.array(z.enum(['email', 'password'])).default([]),
})

/** What was wrong about a form, and the address that was typed into it. */
export type Note = z.output<typeof fields>

type Attempt = Pick<PendingInteraction, 'uid'>

/** From the form that was refused to the page that follows it: a browser that goes back meets no form to send again. */
export interface Notes {
  leave(c: Context<HttpEnv>, attempt: Attempt, note: z.input<typeof fields>): Promise<void>
  /** Once: whoever reloads the page begins anew. */
  take(c: Context<HttpEnv>, attempt: Attempt): Promise<Note | undefined>
}

interface NotesDeps {
  readonly issuerUrl: string
  /** Derived for this alone. */
  readonly key: Secret<Uint8Array>
  readonly clock: Clock
}

const SECONDS = 300
/** Longer than any address is, and short enough for a cookie. */
const LONGEST_EMAIL = 320
const ALGORITHM = { alg: 'dir', enc: 'A256GCM' } as const

/**
 * Kept by the browser, sealed: an address is personal, so it stands in no URL, no log and no table, and a row for
 * every mistake would be a way to fill the disk. Bound to the attempt by its path and by what is sealed (`aud`).
 */
export function createNotes({ issuerUrl, key, clock }: NotesDeps): Notes {
  const cookieOf = ({ uid }: Attempt) =>
    defineCookie(issuerUrl, { name: 'note', path: `/login/${uid}`, maxAge: SECONDS, sameSite: 'Strict' })
  const seal = ({ uid }: Attempt, { email, ...rest }: z.input<typeof fields>) =>
    new EncryptJWT({ ...rest, email: email.length > LONGEST_EMAIL ? '' : email })
      .setProtectedHeader(ALGORITHM)
      .setAudience(uid)
      .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + SECONDS)
      .encrypt(key.reveal())
  const open = async ({ uid }: Attempt, sealed: string): Promise<Note | undefined> => {
    const options = {
      audience: uid,
      requiredClaims: ['exp'],
      currentDate: clock.now(),
      keyManagementAlgorithms: [ALGORITHM.alg],
      contentEncryptionAlgorithms: [ALGORITHM.enc],
    }
    const opened = await jwtDecrypt(sealed, key.reveal(), options).catch(() => undefined)
    return fields.safeParse(opened?.payload).data
  }

  return {
    leave: async (c, attempt, left) => cookieOf(attempt).write(c, await seal(attempt, left)),
    take: async (c, attempt) => {
      const cookie = cookieOf(attempt)
      const sealed = cookie.read(c)
      if (sealed === undefined) return undefined
      cookie.clear(c)
      return open(attempt, sealed)
    },
  }
}
