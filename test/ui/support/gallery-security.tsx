import type { JSX } from 'hono/jsx/jsx-runtime'
import { SecurityPage } from '../../../src/account/pages/security/overview.tsx'
import type { Owned } from '../../../src/account/security/owned.ts'
import { passkeyId } from '../../../src/credentials/passkey/passkey.ts'
import { totpId } from '../../../src/credentials/totp/totp.ts'
import { secondFactors } from '../../../src/factors/factor.ts'
import { trustedBrowserId } from '../../../src/trusted-browsers/trusted-browser.ts'
import type { Translate } from '../../../src/ui/messages/translator.ts'
import type { User } from '../../../src/users/user.ts'

export const givenSecurity = {
  keys: ['Donaudampfschifffahrtselektrizitätenhauptbetriebswerk & Schlüsselbund', 'Desk'],
  model: 'YubiKey 5 NFC',
} as const

interface Given {
  readonly user: User
  readonly now: Date
  readonly phone: string
  readonly browser: { readonly browser: string; readonly system: string }
  readonly place: string
}

const HOUR = 3_600_000
const nothing: Owned = { passkeys: [], apps: [], emailCode: false, backupCodes: undefined, browsers: [] }

/** The page of one's own factors: with all that there can be, with nothing, and where little is left. */
export function securityPages({ user, now, phone, browser, place }: Given) {
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR)
  const passkey = (name: string, synced: boolean) => ({
    id: passkeyId.generate(),
    credentialId: 'AAAA',
    name,
    model: synced ? undefined : givenSecurity.model,
    synced,
    mayBeSynced: synced,
    createdAt: ago(24),
    lastUsedAt: synced ? undefined : ago(2),
  })
  const trusted = (isHere: boolean) => ({
    id: trustedBrowserId.generate(),
    factor: 'totp' as const,
    device: isHere ? browser : {},
    ip: place,
    createdAt: ago(24),
    lastUsedAt: ago(2),
    expiresAt: now,
    isHere,
  })
  const everything: Owned = {
    passkeys: givenSecurity.keys.map((name, place) => passkey(name, place === 0)),
    apps: [{ id: totpId.generate(), name: phone, createdAt: ago(24), lastUsedAt: null }],
    emailCode: true,
    backupCodes: { createdAt: ago(24), left: 9 },
    browsers: [trusted(true), trusted(false)],
  }
  const few: Owned = { ...everything, passkeys: [], browsers: [], backupCodes: { createdAt: ago(24), left: 1 } }
  const at = { user, now, counting: secondFactors, trustIsOffered: true } as const
  return {
    security: (t) => <SecurityPage t={t} {...at} owned={everything} done="app" />,
    'security-nothing': (t) => <SecurityPage t={t} {...at} owned={nothing} enrolmentDue={now} />,
    'security-few-codes': (t) => <SecurityPage t={t} {...at} owned={few} done="removed" />,
    'security-not-offered': (t) => (
      <SecurityPage t={t} {...at} owned={everything} counting={['passkey']} trustIsOffered={false} />
    ),
  } satisfies Readonly<Record<string, (t: Translate) => JSX.Element>>
}
