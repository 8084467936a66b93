import { inTransaction } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import type { Links, Mail, People, Person, ReadAddress } from './ports.ts'
import { withToken } from './recovery.ts'

interface Asked {
  readonly email: string
  /** Of the page: whoever has chosen no language gets the letter in this one. */
  readonly locale: string
  readonly back?: string | undefined
}

export interface OperatorsLink {
  readonly url: Secret<string>
  readonly expiresAt: Date
}

export interface AskForRecovery<By> {
  /** `sent` whoever it is: the letter alone says more, and there may be none. */
  ask(by: By, asked: Asked): Promise<'sent' | { readonly kind: 'email-invalid' }>
  /** For whoever holds the host: a way in without mail. Of somebody who is disabled it would lead nowhere. */
  issueFor(
    by: By,
    person: Person,
    what: { readonly factors: 'kept' | 'taken-away' },
  ): Promise<Result<OperatorsLink, 'disabled'>>
}

interface AskDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  readonly people: Pick<People<By>, 'findByEmail'>
  readonly readAddress: ReadAddress
  readonly links: Pick<Links<By>, 'issue'>
  readonly mail: Mail
  readonly clock: Clock
}

const MINUTE = 60_000

export function askForRecovery<By>(deps: AskDeps<By>): AskForRecovery<By> {
  const { db, issuerUrl, people, readAddress, links, mail, clock } = deps

  async function issue(tx: Tx, by: By, person: Person | undefined, data: Readonly<Record<string, string>>) {
    const { token, expiresAt } = await links.issue(tx, by, {
      purpose: 'recovery',
      ...(person && { person: person.id }),
      data,
    })
    return { url: new Secret(new URL(withToken(token.reveal()), issuerUrl).href), expiresAt }
  }

  return {
    ask: async (by, { email, locale, back }) => {
      const read = readAddress(email)
      if (!read.ok) return { kind: read.error }
      const { address } = read.value
      const found = await people.findByEmail(address)
      const person = found?.status === 'disabled' || found?.emailDisowned ? undefined : found
      // Nobody's link is made, sealed and queued like everybody's, and then thrown away (threat 25). Links that were sent
      // before stay good: a stranger who asks again takes nothing out of anybody's hands.
      await inTransaction(db, async (tx) => {
        const data = { email: person?.email ?? address, ...(back !== undefined && { back }) }
        const { url, expiresAt } = await issue(tx, by, person, data)
        const validFor = Math.round((expiresAt.getTime() - clock.now().getTime()) / MINUTE)
        await mail.send(
          tx,
          person
            ? {
                to: { address: person.email, name: person.name, locale: person.locale ?? locale, person: person.id },
                message: { name: 'recovery', url, validFor },
                expiresAt,
              }
            : { to: { address, locale }, message: { name: 'discard' }, expiresAt },
        )
      })
      return 'sent'
    },
    issueFor: async (by, person, { factors }) => {
      if (person.status === 'disabled') return fail('disabled')
      return ok(await inTransaction(db, (tx) => issue(tx, by, person, factors === 'kept' ? {} : { factors })))
    },
  }
}
