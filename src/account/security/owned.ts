import type { Passkey } from '../../credentials/passkey/passkey.ts'
import type { Totp } from '../../credentials/totp/totp.ts'
import type { Secret } from '../../lib/secret.ts'
import type { TrustedBrowser } from '../../trusted-browsers/trusted-browser.ts'
import type { UserId } from '../../users/user.ts'
import type { OwnFactors } from '../ports.ts'
import type { What } from './what.ts'

/** All that somebody can prove beside a password, or in its place. */
export interface Owned {
  readonly passkeys: readonly Passkey[]
  readonly apps: readonly Totp[]
  readonly emailCode: boolean
  /** Undefined for whoever never had any. */
  readonly backupCodes: { readonly createdAt: Date; readonly left: number } | undefined
  readonly browsers: readonly TrustedBrowser[]
}

type Lists = Pick<OwnFactors, 'passkeys' | 'totps' | 'emailCodes' | 'backupCodes' | 'trustedBrowsers'>

export const ownedBy =
  ({ passkeys, totps, emailCodes, backupCodes, trustedBrowsers }: Lists) =>
  async (user: UserId, tokens: readonly Secret<string>[] = []): Promise<Owned> => ({
    passkeys: await passkeys.listOf(user),
    apps: await totps.listOf(user),
    emailCode: await emailCodes.isEnabled(user),
    backupCodes: await backupCodes.standingOf(user),
    browsers: await trustedBrowsers.listOf(user, tokens),
  })

/** What its owner calls it; undefined where they do not have it. Codes by mail have no name of their own. */
export function findOwned({ passkeys, apps, emailCode }: Owned, what: What): { readonly name?: string } | undefined {
  if (what === 'email-code') return emailCode ? {} : undefined
  const found = [...passkeys, ...apps].find(({ id }) => id === what)
  return found && { name: found.name }
}

/** Backup codes are for the day that one of these is gone. */
export const hasSecondFactor = ({ passkeys, apps, emailCode }: Owned): boolean =>
  passkeys.length > 0 || apps.length > 0 || emailCode
