import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { type Cookie, defineCookie } from '../http/cookies.ts'
import type { HttpEnv } from '../http/env.ts'
import { toBase64url } from '../lib/base64url.ts'
import type { Clock } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import type { Secret } from '../lib/secret.ts'
import { type AccountPath, accountPath } from './account-path.ts'

const AUDIENCE = 'account'
const LIFETIME_SECONDS = 3600
const marked = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const claims = z.looseObject({ to: z.string(), for: z.string() })

/** Where a browser was going when it was sent to sign in. */
export interface ReturnState {
  /** One mark serves every tab of a browser. */
  issue(c: Context<HttpEnv>, to: AccountPath): Promise<string>
  /** Undefined for a state of another browser (threat 12), one that was made up, or one that is too old. */
  read(c: Context<HttpEnv>, state: string | undefined): Promise<AccountPath | undefined>
}

interface ReturnStateDeps {
  readonly issuer: string
  readonly key: Secret<Buffer>
  readonly clock: Clock
}

/**
 * Signed, and bound to the browser by the hash of a cookie that it alone holds. The path is judged again when it comes
 * back: a key that leaked would still open no redirect to another site (threat 2).
 */
export function returnState({ issuer, key, clock }: ReturnStateDeps): ReturnState {
  const cookie: Cookie = defineCookie(issuer, { name: 'return', path: '/', maxAge: 2 * LIFETIME_SECONDS })
  const secret = key.reveal()
  const markOf = (c: Context<HttpEnv>) => marked.safeParse(cookie.read(c)).data
  const bound = (mark: string) => toBase64url(sha256(mark))

  return {
    issue: async (c, to) => {
      const mark = markOf(c) ?? toBase64url(randomBytes(32))
      cookie.write(c, mark)
      const now = Math.floor(clock.now().getTime() / 1000)
      return new SignJWT({ to, for: bound(mark) })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(AUDIENCE)
        .setExpirationTime(now + LIFETIME_SECONDS)
        .sign(secret)
    },
    read: async (c, state) => {
      const mark = markOf(c)
      if (!mark || !state) return undefined
      const options = { algorithms: ['HS256'], audience: AUDIENCE, requiredClaims: ['exp'], currentDate: clock.now() }
      const verified = await jwtVerify(state, secret, options).catch(() => undefined)
      const said = claims.safeParse(verified?.payload)
      return said.success && said.data.for === bound(mark) ? accountPath(said.data.to) : undefined
    },
  }
}
