import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { durationBetween, sizeBetween } from '../values/quantity.ts'

export const tokens = section(
  z
    .strictObject({
      accessToken: setting(durationBetween('1m', '24h').prefault('15m'), {
        about:
          'How long an access token is good for. Whoever validates it offline goes on accepting it until then, whatever was revoked. An API may have a time of its own.',
        example: '1h',
      }),
      idToken: setting(durationBetween('1m', '24h').prefault('15m'), {
        about: 'How long an ID token is good for: an application reads it once, when it gets it.',
        example: '1h',
      }),
      refreshToken: setting(durationBetween('5m', '365d').prefault('30d'), {
        about: 'How long a refresh token is good for. Each use makes a new one with the full time.',
        example: '7d',
      }),
      authorizationCode: setting(durationBetween('10s', '10m').prefault('60s'), {
        about: 'How long an application has to redeem the code it got.',
        example: '30s',
      }),
      interaction: setting(durationBetween('5m', '24h').prefault('1h'), {
        about: 'How long a person has to finish a sign-in they began.',
        example: '30m',
      }),
      session: setting(durationBetween('5m', '365d').prefault('14d'), {
        about: 'How long a browser stays signed in after it was last used to sign in somewhere.',
        example: '8h',
      }),
      endedSession: setting(durationBetween('1h', '3650d').prefault('90d'), {
        about:
          'How long a session that is over is remembered, with the device and the address it was used from. Then it is forgotten; the events of its beginning and its end stay.',
        example: '30d',
      }),
      largestClaims: setting(sizeBetween('512b', '64kb').prefault('4kb'), {
        about:
          'The most that roles and permissions may take up in a token. What is larger is refused, with the cure in the error: a token travels in a header, and many proxies cut headers off at 8 KB.',
        example: '6kb',
      }),
    })
    .readonly(),
  { title: 'Tokens and sessions', about: 'How long what Hearthkey issues is good for.' },
)
