import type { ActorContext } from '../../audit/actor.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db, Tx } from '../../db/types.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { User, UserId } from '../../users/user.ts'
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

interface Undone {
  readonly address: string
  /** False: it belongs to another account by now, and stays there. The account is locked all the same. */
  readonly isRestored: boolean
}

export interface EmailUndo {
  look(token: string): Promise<{ readonly address: string } | undefined>
  undo(by: Asker, token: string): Promise<Result<Undone, 'dead'>>
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

  /** To the mailbox that goes, in case it is the owner's and the other one was stolen. */
  const tellLeaving = (tx: Tx, by: ActorContext, user: User, isRestored: boolean) =>
    notices.tell(tx, by, { user, what: isRestored ? 'email-changed' : 'account-locked', hasLink: false })

  async function act(
    tx: Tx,
    { where, locale }: Asker,
    { person, token, isRestored }: { person: UserId; token: string; isRestored: boolean },
  ): Promise<Result<Undone, 'dead' | 'taken'>> {
    const stranger: ActorContext = { actor: { kind: 'anonymous' }, ...where }
    // The person first and then the link, always: two who change one account would wait for one another.
    const before = await users.hold(tx, person)
    const link = before && (await links.take(tx, stranger, 'email-change-undo', token))
    const address = link?.data?.['address']
    if (!before || !link || address === undefined) return fail('dead')
    const by: ActorContext = { ...where, actor: { kind: 'person', id: before.id } }
    const asked = { person: before.id, issuedSince: askedAtOf(link) }

    if (before.email !== address) {
      await tellLeaving(tx, by, { ...before, locale: before.locale ?? locale }, isRestored)
      const restored = isRestored ? await users.changeEmail(tx, by, before.id, address) : undefined
      if (restored?.ok === false) return fail(restored.error === 'email-taken' ? 'taken' : 'dead')
      // Recovery by that mailbox would open the lock again for whoever asked for the change.
      if (!restored) await users.disownEmail(tx, before.id)
    }
    const purpose = ['email-change', 'recovery', 'email-verification'] as const
    await links.withdraw(tx, by, { purpose, person: before.id })
    // Those went to the mailbox of whoever asked for the change, who could lock the owner out by one. What came before stays good.
    await links.withdraw(tx, by, { purpose: ['not-me'], ...asked })
    // A later change was a thief's, and so is the mailbox that could undo this: only what came before stays good.
    await links.withdraw(tx, by, { purpose: ['email-change-undo'], person: before.id, issuedAfter: link.issuedAt })
    await closeFactorRecovery(tx, by, before.id)
    await takeLaterFactors(tx, by, before.id, { since: asked.issuedSince })
    // Ends everything that is signed in, on whichever device. Locked before: that did it.
    await users.lock(tx, by, before.id, 'not-me')
    const applications = await takeLaterConsents(tx, by, before.id, asked.issuedSince)
    if (applications.length > 0) {
      const user = { ...before, email: address, emailDisowned: false, locale: before.locale ?? locale }
      await notices.tell(tx, by, { user, what: 'account-locked', applications, hasLink: isRestored })
    }
    await record(tx, by, {
      action: 'user.email_change_undone',
      target: before.id,
      after: {
        public: { restored: isRestored },
        personal: { personId: before.id, fields: { email: address } },
      },
    })
    return ok({ address, isRestored })
  }

  return {
    look: async (token) => {
      const address = (await links.look('email-change-undo', token))?.data?.['address']
      return address === undefined ? undefined : { address }
    },
    undo: async (asker, token) => {
      const person = (await links.look('email-change-undo', token))?.person
      if (!person) return fail('dead')
      const undone = await attempt(db, (tx) => act(tx, asker, { person, token, isRestored: true }))
      if (undone.ok) return undone
      if (undone.error === 'dead') return fail('dead')
      // Rolled back, and once more without it: whoever has the address has proven its mailbox, and often is the owner.
      const shut = await attempt(db, (tx) => act(tx, asker, { person, token, isRestored: false }))
      return shut.ok ? shut : fail('dead')
    },
  }
}
