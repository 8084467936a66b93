import type { ActorContext } from '../../audit/actor.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { RequestOrigin } from '../../http/exchange.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { CloseFactorRecovery, DropSignIns, Links, Notices, Users } from '../ports.ts'
import { askedAtOf, type EmailLetters } from './letters.ts'

/** `taken`: somebody registered it meanwhile; said to nobody but whoever holds that very mailbox. */
export type ConfirmRefusal = 'dead' | 'taken'

/** Of a link that came by mail; nobody needs to be signed in where it is opened. */
export interface EmailConfirmation {
  look(token: string): Promise<{ readonly address: string } | undefined>
  confirm(by: Asker, token: string): Promise<Result<{ readonly address: string }, ConfirmRefusal>>
}

export interface Asker {
  readonly where: RequestOrigin
  /** Of the page: whoever has chosen no language gets letters in this one. */
  readonly locale: string
}

interface EmailConfirmationDeps {
  readonly db: Db
  readonly users: Users
  readonly links: Links
  readonly letters: EmailLetters
  readonly notices: Notices
  readonly closeFactorRecovery: CloseFactorRecovery
  readonly dropSignIns: DropSignIns
}

export function emailConfirmation(deps: EmailConfirmationDeps): EmailConfirmation {
  const { db, users, links, letters, notices, closeFactorRecovery, dropSignIns } = deps
  return {
    look: async (token) => {
      const address = (await links.look('email-change', token))?.data?.['address']
      return address === undefined ? undefined : { address }
    },
    confirm: async ({ where, locale }, token) => {
      const person = (await links.look('email-change', token))?.person
      if (!person) return fail('dead')
      return attempt(db, async (tx): Promise<Result<{ readonly address: string }, ConfirmRefusal>> => {
        const stranger: ActorContext = { actor: { kind: 'anonymous' }, ...where }
        // The person first and then the link, always: two who change one account would wait for one another.
        const before = await users.hold(tx, person)
        if (before?.status !== 'active') return fail('dead')
        const link = await links.take(tx, stranger, 'email-change', token)
        const address = link?.data?.['address']
        if (!link || address === undefined) return fail('dead')
        const by: ActorContext = { ...where, actor: { kind: 'person', id: before.id } }
        const changed = await users.changeEmail(tx, by, before.id, address)
        if (!changed.ok) return fail(changed.error === 'email-taken' ? 'taken' : 'dead')
        // The old mailbox opens nothing any more but the way back, and that counts from now.
        await links.withdraw(tx, by, { purpose: ['recovery', 'email-verification'], person: before.id })
        await closeFactorRecovery(tx, by, before.id)
        // A sign-in under way may have proven the old one, and nothing but a password beside it.
        await dropSignIns(tx, before.id)
        await letters.tellOld(tx, by, { user: before, newAddress: address, locale, askedAt: askedAtOf(link) }, 'told')
        const told = { ...changed.value, locale: before.locale ?? locale }
        await notices.tell(tx, by, { user: told, what: 'email-changed' })
        return ok({ address: changed.value.email })
      })
    },
  }
}
