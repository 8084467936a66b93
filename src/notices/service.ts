import { attempt } from '../db/attempt.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import type { NoticeName, ToldFactor } from '../ui/messages/areas/notices.ts'
import { type ToldOf, toldShape, withToken } from './notice.ts'
import type { Links, LockAccount, Mail, Told } from './ports.ts'

interface Notice {
  readonly user: Told
  readonly what: NoticeName
  /** What the browser says of itself. */
  readonly device?: string
  /** The address that it came from. */
  readonly place?: string
  /** Which one, where it is about a way to sign in. */
  readonly factor?: { readonly kind: ToldFactor; readonly name?: string }
  /** Which one, where it is about a key. */
  readonly key?: { readonly key: string; readonly hint: string; readonly organisation: string }
}

export interface Notices<By> {
  /** In the transaction of what it tells of: nothing happens to an account without its owner hearing of it. */
  tell(tx: Tx, by: By, notice: Notice): Promise<void>
  look(token: string): Promise<ToldOf | undefined>
  /** Locked already is as good as locked: whoever asks wanted nothing else. */
  wasNotMe(by: By, token: string): Promise<Result<'locked', 'dead'>>
}

interface NoticesDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  readonly links: Links<By>
  readonly mail: Mail
  readonly lockAccount: LockAccount<By>
  readonly clock: Clock
}

/** A thief may have asked for them; whoever unlocks the account asks anew. */
const pending = ['recovery', 'email-change', 'email-verification'] as const

export function createNotices<By>({ db, issuerUrl, links, mail, lockAccount, clock }: NoticesDeps<By>): Notices<By> {
  const tell: Notices<By>['tell'] = async (tx, by, { user, what, device, place, factor, key }) => {
    const at = clock.now()
    const seen = { ...(device && { device }), ...(place && { place }) }
    const data = { what, at: at.toISOString(), ...seen, ...key }
    const { token, expiresAt } = await links.issue(tx, by, { purpose: 'not-me', person: user.id, data })
    const notMeUrl = new Secret(new URL(withToken(token.reveal()), issuerUrl).href)
    await mail.send(tx, {
      to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
      message: { name: 'notice', what, at, ...seen, ...(factor && { factor }), ...(key && { key }), notMeUrl },
      expiresAt,
    })
  }

  return {
    tell,
    look: async (token) => {
      const link = await links.look('not-me', token)
      return link && toldShape.parse(link.data)
    },
    wasNotMe: (by, token) =>
      attempt(db, async (tx): Promise<Result<'locked', 'dead'>> => {
        const link = await links.take(tx, by, 'not-me', token)
        if (!link?.person) return fail('dead')
        const done = await lockAccount(tx, by, link.person, 'not-me')
        if (!done.ok && done.error === 'not-found') return fail('dead')
        await links.withdraw(tx, by, { person: link.person, purpose: pending })
        // To whoever reads the mailbox beside whoever pressed the button: the letter says how to open the account again.
        if (done.ok) await tell(tx, by, { user: done.value, what: 'account-locked' })
        return ok('locked')
      }),
  }
}
