import type { ActorContext } from '../../audit/actor.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type {
  CloseFactorRecovery,
  Links,
  Notices,
  RecordEvent,
  TakeLaterConsents,
  TakeLaterFactors,
  Users,
} from '../ports.ts'
import type { Asker } from './confirm.ts'
import { askedAtOf } from './letters.ts'

/** `taken`: the old address belongs to another account by now. */
export type UndoRefusal = 'dead' | 'taken'

export interface EmailUndo {
  look(token: string): Promise<{ readonly address: string } | undefined>
  undo(by: Asker, token: string): Promise<Result<{ readonly address: string }, UndoRefusal>>
}

interface EmailUndoDeps {
  readonly db: Db
  readonly users: Users
  readonly links: Links
  readonly notices: Notices
  readonly takeLaterFactors: TakeLaterFactors
  readonly takeLaterConsents: TakeLaterConsents
  readonly closeFactorRecovery: CloseFactorRecovery
  readonly record: RecordEvent
}

/**
 * "This was not me", said by the mailbox that the account had. Whoever asked for the change had a session and the
 * password: so the sessions end, every token dies, and the account is locked until its owner has set a password of their
 * own by way of the address that is theirs again. What they added since to sign in with goes, or it would let them in then,
 * and what they agreed to, or an application of theirs would get in.
 */
export function emailUndo(deps: EmailUndoDeps): EmailUndo {
  const { db, users, links, notices, takeLaterFactors, takeLaterConsents, closeFactorRecovery, record } = deps

  return {
    look: async (token) => {
      const address = (await links.look('email-change-undo', token))?.data?.['address']
      return address === undefined ? undefined : { address }
    },
    undo: async ({ where, locale }, token) => {
      const person = (await links.look('email-change-undo', token))?.person
      if (!person) return fail('dead')
      return attempt(db, async (tx): Promise<Result<{ readonly address: string }, UndoRefusal>> => {
        const stranger: ActorContext = { actor: { kind: 'anonymous' }, ...where }
        // The person first and then the link, always: two who change one account would wait for one another.
        const before = await users.hold(tx, person)
        const link = before && (await links.take(tx, stranger, 'email-change-undo', token))
        const address = link?.data?.['address']
        if (!before || !link || address === undefined) return fail('dead')
        const by: ActorContext = { ...where, actor: { kind: 'person', id: before.id } }

        if (before.email !== address) {
          // To the address that goes, while it is still the account's: should the old mailbox be the one that was stolen.
          const told = { ...before, locale: before.locale ?? locale }
          await notices.tell(tx, by, { user: told, what: 'email-changed' })
          const restored = await users.changeEmail(tx, by, before.id, address)
          if (!restored.ok) return fail(restored.error === 'email-taken' ? 'taken' : 'dead')
        }
        const purpose = ['email-change', 'recovery', 'email-verification'] as const
        await links.withdraw(tx, by, { purpose, person: before.id })
        // A later change was a thief's, and so is the mailbox that could undo this: only what came before stays good.
        await links.withdraw(tx, by, {
          purpose: ['email-change-undo'],
          person: before.id,
          issuedAfter: link.issuedAt,
        })
        await closeFactorRecovery(tx, by, before.id)
        await takeLaterFactors(tx, by, before.id, { since: askedAtOf(link) })
        // Ends everything that is signed in, on whichever device. Locked before: that did it.
        await users.lock(tx, by, before.id, 'not-me')
        const applications = await takeLaterConsents(tx, by, before.id, askedAtOf(link))
        if (applications.length > 0) {
          const owner = { ...before, email: address, locale: before.locale ?? locale }
          await notices.tell(tx, by, { user: owner, what: 'account-locked', applications })
        }
        await record(tx, by, {
          action: 'user.email_change_undone',
          target: before.id,
          after: { personal: { personId: before.id, fields: { email: address } } },
        })
        return ok({ address })
      })
    },
  }
}
