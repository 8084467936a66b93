import { attempt } from '../db/attempt.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import type { NoticeName, ToldFactor } from '../ui/messages/areas/notices.ts'
import { suspectFactor, suspectSince, type ToldOf, toldShape, withToken } from './notice.ts'
import type {
  CloseFactorRecovery,
  HoldPerson,
  Links,
  LockAccount,
  Mail,
  TakeLaterConsents,
  TakeLaterFactors,
  Told,
} from './ports.ts'

interface Notice {
  readonly user: Told
  readonly what: NoticeName
  /** What the browser says of itself. */
  readonly device?: string
  /** The address that it came from. */
  readonly place?: string
  /** Which one, where it is about a way to sign in. */
  readonly factor?: { readonly kind: ToldFactor; readonly name?: string; readonly id?: string }
  /** Which one, where it is about a key. */
  readonly key?: { readonly key: string; readonly hint: string; readonly organisation: string }
  /** How many backup codes, where one was used. */
  readonly left?: number
  /** Which applications lost their access by it. */
  readonly applications?: readonly string[]
  /** False for a mailbox that may be a thief's: to lock the account is then for its owner alone. */
  readonly hasLink?: boolean
}

export interface Notices<By> {
  /** In the transaction of what it tells of: nothing happens to an account without its owner hearing of it. */
  tell(tx: Tx, by: By, notice: Notice): Promise<void>
  look(token: string): Promise<ToldOf | undefined>
  /**
   * Locked already is as good as locked: whoever asks wanted nothing else. What a thief added goes with it, or it would
   * open the account again once its owner has, or an application that the thief let in would.
   */
  wasNotMe(by: By, token: string): Promise<Result<'locked', 'dead'>>
}

interface NoticesDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  readonly links: Links<By>
  readonly mail: Mail
  readonly holdPerson: HoldPerson
  readonly lockAccount: LockAccount<By>
  readonly takeLaterFactors: TakeLaterFactors<By>
  readonly takeLaterConsents: TakeLaterConsents<By>
  readonly closeFactorRecovery: CloseFactorRecovery<By>
  /** Milliseconds that somebody has for a sign-in. */
  readonly signInLasts: number
  readonly clock: Clock
}

const factorIn = ({ kind, id }: { readonly kind: ToldFactor; readonly id?: string }) => ({
  factor: kind,
  ...(id !== undefined && { factorId: id }),
})

/** What tells and asks for nothing is not worth sending later than that. */
const NEWS_FOR_MS = 7 * 86_400_000

/** A thief may have asked for them; whoever unlocks the account asks anew. */
const pending = ['recovery', 'email-change', 'email-verification'] as const

export function createNotices<By>(deps: NoticesDeps<By>): Notices<By> {
  const { db, issuerUrl, links, mail, clock, signInLasts } = deps
  const { holdPerson, lockAccount, takeLaterFactors, takeLaterConsents, closeFactorRecovery } = deps
  const tell: Notices<By>['tell'] = async (
    tx,
    by,
    { user, what, device, place, factor, key, left, applications = [], hasLink = true },
  ) => {
    // Whoever reads that mailbox is not the owner, and would learn where they are.
    if (user.emailDisowned) return
    const at = clock.now()
    const seen = { ...(device && { device }), ...(place && { place }) }
    const shown = factor && { kind: factor.kind, ...(factor.name !== undefined && { name: factor.name }) }
    const added = what === 'factor-added' && factor && factorIn(factor)
    const which = {
      ...(shown && { factor: shown }),
      ...(key && { key }),
      ...(left !== undefined && { left }),
      ...(applications.length > 0 && { applications }),
    }
    const data = { what, at: at.toISOString(), ...seen, ...added, ...key }
    const link = hasLink ? await links.issue(tx, by, { purpose: 'not-me', person: user.id, data }) : undefined
    const notMeUrl = link && new Secret(new URL(withToken(link.token.reveal()), issuerUrl).href)
    await mail.send(tx, {
      to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
      message: { name: 'notice', what, at, ...seen, ...which, ...(notMeUrl && { notMeUrl }) },
      expiresAt: link?.expiresAt ?? new Date(at.getTime() + NEWS_FOR_MS),
    })
  }

  return {
    tell,
    look: async (token) => {
      const link = await links.look('not-me', token)
      return link && toldShape.parse(link.data)
    },
    wasNotMe: async (by, token) => {
      const whose = (await links.look('not-me', token))?.person
      if (!whose) return fail('dead')
      return attempt(db, async (tx): Promise<Result<'locked', 'dead'>> => {
        // The person first and then the link, always: two who change one account would wait for one another.
        const person = await holdPerson(tx, whose)
        const link = await links.take(tx, by, 'not-me', token)
        if (!person || !link?.person) return fail('dead')
        const done = await lockAccount(tx, by, link.person, 'not-me')
        if (!done.ok && done.error === 'not-found') return fail('dead')
        await links.withdraw(tx, by, { person: link.person, purpose: pending })
        await closeFactorRecovery(tx, by, link.person)
        const told = toldShape.parse(link.data)
        const since = suspectSince(told, signInLasts)
        if (since) await takeLaterFactors(tx, by, link.person, { since, factor: suspectFactor(told) })
        const applications = since ? await takeLaterConsents(tx, by, link.person, since) : []
        // To whoever reads the mailbox beside whoever pressed the button: the letter says how to open the account again.
        if (done.ok || applications.length > 0)
          await tell(tx, by, { user: person, what: 'account-locked', applications })
        return ok('locked')
      })
    },
  }
}
