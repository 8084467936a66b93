import type { JSX } from 'hono/jsx/jsx-runtime'
import { EndOthersPage } from '../../../src/account/pages/end-others.tsx'
import { SessionsPage } from '../../../src/account/pages/sessions.tsx'
import { type Session, sessionId } from '../../../src/sessions/session.ts'
import type { Translate } from '../../../src/ui/messages/translator.ts'

/** What these pages show that comes from no catalogue. */
export const givenSessions = {
  phone: 'Safari',
  phoneSystem: 'iOS',
  address: '2001:db8:4f3a:9c00:1d2e:77ff:fe0b:a1c2',
  places: ['Munich, Germany', 'München, Deutschland', 'Portugal'],
  and: ['and', 'und'],
} as const

interface Given {
  readonly client: string
  readonly longClient: string
  readonly browser: string
  readonly system: string
  readonly place: string
}

const now = new Date('2030-01-15T12:00:00Z')
const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000)

export function sessionPages(given: Given): Readonly<Record<string, (t: Translate) => JSX.Element>> {
  const session = (more: Partial<Session>): Session => ({
    id: sessionId.generate(),
    device: { browser: given.browser, system: given.system },
    ip: given.place,
    amr: ['pwd', 'otp', 'mfa'],
    acr: 'aal2',
    createdAt: before(24),
    lastSeenAt: before(2),
    ...more,
  })
  const here = session({ amr: ['pwd'] })
  const phone = session({
    device: { browser: givenSessions.phone, system: givenSessions.phoneSystem },
    ip: givenSessions.address,
    place: { city: { en: 'Munich', de: 'München' }, country: 'DE' },
    amr: ['hwk', 'user', 'mfa'],
  })
  const unknown = session({ device: {}, place: { country: 'PT' }, amr: ['pwd', 'otp', 'mca', 'mfa'] })
  const applications = [
    { name: given.client, sessions: [here.id, phone.id] },
    { name: given.longClient, sessions: [phone.id] },
  ]
  const page = { here: here.id, applications, now }
  return {
    'account-sessions': (t) => <SessionsPage t={t} {...page} sessions={[phone, here, unknown]} />,
    'account-sessions-one': (t) => <SessionsPage t={t} {...page} sessions={[here]} done="others" />,
    'account-sessions-end-others': (t) => <EndOthersPage t={t} trusts />,
  }
}
