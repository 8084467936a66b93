import { z } from 'zod'
import { attempt } from '../../db/attempt.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { HoldPerson, Unverified, VerificationLinks, VerificationMail, VerifyEmail } from './ports.ts'

export const VERIFY_PATH = '/link/verify-email'
export const VERIFIED_PATH = '/link/verify-email/done'
export const withToken = (token: string): `/${string}` => `${VERIFY_PATH}?token=${encodeURIComponent(token)}`

export interface Verification<By> {
  /** The link before this one opens nothing any more. */
  send(by: By, user: Unverified): Promise<void>
  look(token: string): Promise<{ readonly email: string } | undefined>
  verify(by: By, token: string): Promise<Result<{ readonly email: string }, 'dead'>>
}

interface VerificationDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  readonly links: VerificationLinks<By>
  readonly mail: VerificationMail
  readonly hold: HoldPerson
  readonly verifyEmail: VerifyEmail<By>
  readonly clock: Clock
}

const MINUTE = 60_000
const claimShape = z.object({ email: z.string() })

/** For an account that somebody else created: that its address is the person's own is for the person to say. */
export function createVerification<By>(deps: VerificationDeps<By>): Verification<By> {
  const { db, issuerUrl, links, mail, hold, verifyEmail, clock } = deps

  async function sendIn(tx: Tx, by: By, { id, email, name, locale }: Unverified): Promise<void> {
    const { token, expiresAt } = await links.issue(tx, by, {
      purpose: 'email-verification',
      person: id,
      data: { email },
      supersede: true,
    })
    const url = new Secret(new URL(withToken(token.reveal()), issuerUrl).href)
    const validFor = Math.round((expiresAt.getTime() - clock.now().getTime()) / MINUTE)
    const to = { address: email, name, locale, person: id }
    await mail.send(tx, { to, message: { name: 'email-verification', url, validFor }, expiresAt })
  }

  return {
    send: (by, user) => inTransaction(db, (tx) => sendIn(tx, by, user)),
    look: async (token) => {
      const link = await links.look('email-verification', token)
      return link && claimShape.parse(link.data)
    },
    verify: async (by, token) => {
      const person = (await links.look('email-verification', token))?.person
      if (!person) return fail('dead')
      return attempt(db, async (tx): Promise<Result<{ readonly email: string }, 'dead'>> => {
        // The person first and then the link, always: two who change one account would wait for one another.
        if (!(await hold(tx, person))) return fail('dead')
        const link = await links.take(tx, by, 'email-verification', token)
        if (!link?.person) return fail('dead')
        const claim = claimShape.parse(link.data)
        const done = await verifyEmail(tx, by, link.person, claim.email)
        return done.ok ? ok(claim) : fail('dead')
      })
    },
  }
}
