import type { Context } from 'hono'
import { z } from 'zod'
import { type PasskeyId, passkeyId } from '../../credentials/passkey/passkey.ts'
import { type TotpId, totpId } from '../../credentials/totp/totp.ts'
import type { SecondFactor } from '../../factors/factor.ts'
import type { HttpEnv } from '../../http/env.ts'
import { type AccountPath, paths } from '../paths.ts'

/** Which of one's own is meant, as an address and a form name it. */
export type What = TotpId | PasskeyId | 'email-code'

export const whatShape = z.union([totpId.schema, passkeyId.schema, z.literal('email-code')])

export const whatIn = (c: Context<HttpEnv>): What | undefined => whatShape.safeParse(c.req.query('what')).data

export function factorOf(what: What): Exclude<SecondFactor, 'backup-code'> {
  if (what === 'email-code') return what
  return totpId.is(what) ? 'totp' : 'passkey'
}

/** The page about it; where it names nothing, the one about all of them. */
export const pageAbout =
  (path: typeof paths.removeFactor | typeof paths.renameFactor) =>
  (c: Context<HttpEnv>): AccountPath => {
    const what = whatIn(c)
    return what === undefined ? paths.security : withWhat(path, what)
  }

export const withWhat = (path: typeof paths.removeFactor | typeof paths.renameFactor, what: What): AccountPath =>
  `${path}?what=${what}`
