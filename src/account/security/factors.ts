import type { PasskeyRefusal } from '../../credentials/passkey/passkey.ts'
import type { AddRefusal as AddAppRefusal, RenameRefusal } from '../../credentials/totp/service.ts'
import { totpId } from '../../credentials/totp/totp.ts'
import type { Tx } from '../../db/types.ts'
import { amrOf } from '../../factors/amr.ts'
import type { Proof } from '../../factors/factor.ts'
import { secondFactorsOf } from '../../factors/held.ts'
import { levelOf } from '../../factors/level.ts'
import { mayRemove, type RemovalRefusal } from '../../factors/may-remove.ts'
import { strongestOf } from '../../factors/step-up.ts'
import { writeProofs } from '../../factors/stored.ts'
import type { Clock } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { User } from '../../users/user.ts'
import type { FactorChanged, OwnFactors, Sessions, StepUpRules, Users } from '../ports.ts'
import type { Visit } from '../viewer.ts'
import type { Changing, Left } from './changing.ts'
import { factorOf, type What } from './what.ts'

/** What the browser says of itself, for the letter that tells of the change. */
interface Seen {
  readonly device?: string | undefined
}

export interface FactorChanges {
  addApp(visit: Visit & Seen, app: { code: string; name: string }): Promise<Result<undefined, AddAppRefusal | Left>>
  addPasskey(
    visit: Visit & Seen,
    passkey: { readonly response: unknown; readonly name: string },
  ): Promise<Result<undefined, PasskeyRefusal | Left>>
  /** By the code that was sent there; it opens what asks for the mailbox, and nothing by itself. */
  proveMailbox(visit: Visit, code: string): Promise<Result<undefined, 'mismatch' | Left>>
  /** By the same. */
  enableEmailCode(visit: Visit & Seen, code: string): Promise<Result<undefined, 'mismatch' | Left>>
  rename(visit: Visit, what: What, name: string): Promise<Result<undefined, RenameRefusal | 'gone' | Left>>
  /** Undefined where nothing stands in the way. */
  removalRefusal(visit: Visit, what: What): Promise<RemovalRefusal | undefined>
  remove(visit: Visit & Seen, what: What): Promise<Result<undefined, RemovalRefusal | 'not-found' | Left>>
  /** The ones before open nothing any more. */
  newBackupCodes(visit: Visit & Seen): Promise<Result<readonly Secret<string>[], 'nothing-to-back-up' | Left>>
}

interface FactorChangesDeps {
  readonly changing: Changing
  readonly own: OwnFactors
  readonly stepUp: StepUpRules
  readonly factorChanged: FactorChanged
  readonly users: Pick<Users, 'verifyEmail'>
  readonly sessions: Pick<Sessions, 'strengthen'>
  readonly clock: Clock
}

/** What is asked for in one session counts in no other. */
export const holderOf = ({ viewer }: Pick<Visit, 'viewer'>): Buffer => sha256(viewer.session)

export function factorChanges(deps: FactorChangesDeps): FactorChanges {
  const { changing, own, stepUp, factorChanged, users, sessions, clock } = deps
  const { totps, passkeys, emailCodes, backupCodes } = own
  const kept = ({ viewer, device }: Visit & Seen) => ({ session: viewer.session, device })

  /** What was added was proven to work, just now and here: whoever goes on is not asked for it once more. */
  async function strengthen(tx: Tx, { by, viewer, proofs: before }: Visit, proof: Proof): Promise<void> {
    const proofs = [...before, proof]
    const proven = { amr: amrOf(proofs), acr: levelOf(proofs), proofs: writeProofs(proofs) }
    await sessions.strengthen(tx, by, viewer.session, { user: viewer.user, ...proven })
  }

  /** Judged by what they have now that they are held: the page asked before, and much may have gone since. */
  const asksMailbox = async (tx: Tx, { mailbox }: Visit, person: User) =>
    mailbox !== 'proven' && strongestOf(await stepUp.heldBy(person.id, tx), stepUp.counting) === 'aal1'

  /** A code that came back from the mailbox says whose it is, as it does at a sign-in. */
  const prove = async (tx: Tx, visit: Visit, user: User, code: string): Promise<boolean> => {
    const isRight = await emailCodes.prove(tx, { holder: holderOf(visit), purpose: 'mailbox', user, code })
    if (isRight) await users.verifyEmail(tx, visit.by, user.id, user.email)
    return isRight
  }

  return {
    addApp: (visit, { code, name }) =>
      changing.attempt(visit, async (tx, person): Promise<Result<undefined, AddAppRefusal | Left>> => {
        if (await asksMailbox(tx, visit, person)) return fail('mailbox')
        const added = await totps.add(tx, visit.by, { holder: holderOf(visit), user: person.id, code, name })
        if (!added.ok) return added
        const what = { kind: 'added', factor: 'totp', name: added.value.name, id: added.value.id } as const
        await strengthen(tx, visit, { factor: 'totp', at: clock.now() })
        await factorChanged(tx, visit.by, person, what, kept(visit))
        return ok(undefined)
      }),

    addPasskey: (visit, { response, name }) =>
      changing.commit(visit, async (tx, person): Promise<Result<undefined, PasskeyRefusal | Left>> => {
        if (await asksMailbox(tx, visit, person)) return fail('mailbox')
        const added = await passkeys.add(tx, visit.by, { holder: holderOf(visit), user: person.id, response, name })
        if (!added.ok) return added
        const { id, name: called, synced } = added.value
        const what = { kind: 'added', factor: 'passkey', name: called, id } as const
        await strengthen(tx, visit, { factor: 'passkey', at: clock.now(), verified: false, synced })
        await factorChanged(tx, visit.by, person, what, kept(visit))
        return ok(undefined)
      }),

    proveMailbox: (visit, code) =>
      changing.attempt(visit, async (tx, person) =>
        (await prove(tx, visit, person, code)) ? ok(undefined) : fail('mismatch'),
      ),

    enableEmailCode: (visit, code) =>
      changing.attempt(visit, async (tx, person) => {
        if (!(await prove(tx, visit, person, code))) return fail('mismatch')
        if (await emailCodes.enable(tx, visit.by, person.id))
          await factorChanged(tx, visit.by, person, { kind: 'added', factor: 'email-code' }, kept(visit))
        return ok(undefined)
      }),

    rename: (visit, what, name) =>
      changing.attempt(visit, async (tx, { id: user }): Promise<Result<undefined, RenameRefusal | 'gone'>> => {
        if (what === 'email-code') return fail('not-found')
        const renamed = totpId.is(what)
          ? await totps.rename(tx, visit.by, { user, id: what, name })
          : await passkeys.rename(tx, visit.by, { user, id: what, name })
        return renamed.ok ? ok(undefined) : renamed
      }),

    removalRefusal: async ({ user: { id } }, what) => {
      const judged = mayRemove(factorOf(what), await stepUp.heldBy(id), await stepUp.rulesOf(id))
      return judged.ok ? undefined : judged.error
    },

    remove: async (visit, what) => {
      // Before the transaction, which takes one connection: whoever makes a rule now is heard at the next sign-in.
      const rules = await stepUp.rulesOf(visit.user.id)
      return changing.attempt(
        visit,
        async (tx, person): Promise<Result<undefined, RemovalRefusal | 'not-found' | Left>> => {
          const { id: user } = person
          if (await asksMailbox(tx, visit, person)) return fail('mailbox')
          // Judged by what they have now that they are held: of two that are removed at once one may be the last.
          const may = mayRemove(factorOf(what), await stepUp.heldBy(user, tx), rules)
          if (!may.ok) return may
          const removed = await removeOne(tx, visit, what)
          if (!removed) return fail('not-found')
          if (secondFactorsOf(await stepUp.heldBy(user, tx)).length === 0)
            await backupCodes.removeAllOf(tx, visit.by, user)
          await factorChanged(
            tx,
            visit.by,
            person,
            { kind: 'removed', factor: factorOf(what), ...removed },
            kept(visit),
          )
          return ok(undefined)
        },
      )
    },

    newBackupCodes: (visit) =>
      changing.attempt(
        visit,
        async (tx, person): Promise<Result<readonly Secret<string>[], 'nothing-to-back-up' | Left>> => {
          const held = await stepUp.heldBy(person.id, tx)
          if (held.passkeys + held.totps === 0 && !held.emailCode) return fail('nothing-to-back-up')
          if (await asksMailbox(tx, visit, person)) return fail('mailbox')
          const codes = await backupCodes.generate(tx, visit.by, person.id)
          await factorChanged(tx, visit.by, person, { kind: 'added', factor: 'backup-code' }, kept(visit))
          return ok(codes)
        },
      ),
  }

  async function removeOne(
    tx: Tx,
    { by, viewer: { user } }: Visit,
    what: What,
  ): Promise<{ readonly name?: string } | undefined> {
    if (what === 'email-code') return (await emailCodes.disable(tx, by, user)) ? {} : undefined
    const removed = totpId.is(what)
      ? await totps.remove(tx, by, { user, id: what })
      : await passkeys.remove(tx, by, { user, id: what })
    return removed && { name: removed.name }
  }
}
