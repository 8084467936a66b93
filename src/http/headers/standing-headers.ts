import { contentSecurityPolicy } from './content-security-policy.ts'

/** A header that every answer carries unless its route sets the same one itself. */
export type StandingHeader = readonly [name: string, value: string]

const permissions = [
  'publickey-credentials-get=(self)',
  'publickey-credentials-create=(self)',
  'accelerometer=()',
  'camera=()',
  'display-capture=()',
  'geolocation=()',
  'gyroscope=()',
  'hid=()',
  'magnetometer=()',
  'microphone=()',
  'midi=()',
  'payment=()',
  'serial=()',
  'usb=()',
].join(', ')

const everywhere: readonly StandingHeader[] = [
  ['Content-Security-Policy', contentSecurityPolicy()],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Tells other sites nothing. `no-referrer` would be no stricter for them and would make browsers send `Origin: null`
  // with our own forms, which the origin check refuses.
  ['Referrer-Policy', 'same-origin'],
  ['Permissions-Policy', permissions],
  // `same-origin` would cut the tie to the window that opened us, which sign-in in a popup needs.
  ['Cross-Origin-Opener-Policy', 'same-origin-allow-popups'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
]

const twoYears = 63_072_000

/** Over plain http a browser ignores HSTS, and on localhost it would lock out the developer's other programs. */
export const standingHeaders = (issuerUrl: string): readonly StandingHeader[] =>
  issuerUrl.startsWith('https:')
    ? [...everywhere, ['Strict-Transport-Security', `max-age=${twoYears}; includeSubDomains; preload`]]
    : everywhere
