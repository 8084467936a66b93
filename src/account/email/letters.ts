import type { ActorContext } from '../../audit/actor.ts'
import type { Tx } from '../../db/types.ts'
import { Secret } from '../../lib/secret.ts'
import { maskAddress } from '../../mail/mail.ts'
import type { User } from '../../users/user.ts'
import { paths, withToken } from '../paths.ts'
import type { Links, Mail, OpenLink } from '../ports.ts'
import { CONFIRM_MS, inMinutes, UNDO_MS } from './lifetimes.ts'

interface LettersDeps {
  readonly issuerUrl: string
  readonly links: Pick<Links, 'issue'>
  readonly mail: Mail
}

interface Change {
  /** As they are now. */
  readonly user: User
  readonly newAddress: string
  /** For whoever has chosen no language. */
  readonly locale: string
  /** When whoever asked did so: what they sent anew since is the same change. */
  readonly askedAt: Date
  /** Who has the new address already, if somebody has. */
  readonly holder?: User | undefined
}

/** Of a link of either purpose. */
export const askedAtOf = ({ data, issuedAt }: Pick<OpenLink, 'data' | 'issuedAt'>): Date =>
  data?.['askedAt'] === undefined ? issuedAt : new Date(data['askedAt'])

export interface EmailLetters {
  askNew(tx: Tx, by: ActorContext, change: Change): Promise<void>
  /** `asked`: nothing has changed yet. `told`: it has. */
  tellOld(tx: Tx, by: ActorContext, change: Change, what: 'asked' | 'told'): Promise<void>
}

/** Links lead to the configured issuer and nowhere else (threat 26). */
export function emailLetters({ issuerUrl, links, mail }: LettersDeps): EmailLetters {
  const at = (path: `/${string}`) => new URL(path, issuerUrl).href
  const confirmation = paths.confirmEmail
  const undoing = paths.undoEmail

  return {
    /**
     * The same work and a letter either way. For an address that somebody has, the link is made and given to nobody, and
     * that somebody hears of it: whoever typed the address learns nothing (threat 25).
     */
    askNew: async (tx, by, { user, newAddress, locale, askedAt, holder }) => {
      const data = { address: newAddress, askedAt: askedAt.toISOString() }
      const link = await links.issue(tx, by, {
        purpose: 'email-change',
        person: user.id,
        data,
        validFor: CONFIRM_MS,
        supersede: true,
      })
      const to = holder ?? { ...user, email: newAddress }
      await mail.send(tx, {
        to: { address: to.email, locale: to.locale ?? locale, person: to.id },
        message: holder
          ? { name: 'already-registered', signInUrl: at(paths.overview), recoverUrl: at(paths.recover) }
          : {
              name: 'email-change-confirm',
              url: new Secret(at(withToken(confirmation, link.token.reveal()))),
              validFor: inMinutes(CONFIRM_MS),
            },
        expiresAt: link.expiresAt,
      })
    },
    /** Verified or not: it is where the account's letters went until now. */
    tellOld: async (tx, by, { user, newAddress, locale, askedAt }, what) => {
      // A way back there would be a thief's.
      if (user.emailDisowned) return
      const { token, expiresAt } = await links.issue(tx, by, {
        purpose: 'email-change-undo',
        person: user.id,
        data: { address: user.email, askedAt: askedAt.toISOString() },
        validFor: UNDO_MS,
      })
      await mail.send(tx, {
        to: { address: user.email, name: user.name, locale: user.locale ?? locale, person: user.id },
        message: {
          name: `email-change-${what}`,
          newAddress: maskAddress(newAddress),
          undoUrl: new Secret(at(withToken(undoing, token.reveal()))),
          validFor: inMinutes(UNDO_MS),
        },
        expiresAt,
      })
    },
  }
}
