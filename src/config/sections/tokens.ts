import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { durationBetween, sizeBetween } from '../values/quantity.ts'

const OF_PRESET = 'the preset’s'

export const tokens = section(
  z
    .strictObject({
      preset: setting(oneOf(['monetro', 'storno', 'moneyos', 'toster']).prefault('monetro'), {
        about:
          'The lifetimes to begin with, of tokens and of sessions, named after the product that publishes them ([what each contains](guides/tokens-and-sessions.md)). Each lifetime below, and in `sessions`, replaces one of its lines.',
        example: 'storno',
      }),
      accessToken: setting(durationBetween('1m', '24h').optional(), {
        about:
          'How long an access token is good for. Whoever validates it offline goes on accepting it until then, whatever was revoked. An API and an application may have times of their own: the shorter of the two holds.',
        example: '1h',
        defaultIs: OF_PRESET,
      }),
      idToken: setting(durationBetween('1m', '24h').prefault('15m'), {
        about: 'How long an ID token is good for: an application reads it once, when it gets it.',
        example: '1h',
      }),
      refreshIdle: setting(durationBetween('5m', '365d').optional(), {
        about:
          'How long a refresh token is good for that nobody uses. Each use makes a new one with the full time. An application may have a time of its own.',
        example: '12h',
        defaultIs: OF_PRESET,
      }),
      refreshAbsolute: setting(durationBetween('5m', '3650d').optional(), {
        about:
          'How long an application can go on by refresh tokens, counted from the first one, however often they are used. An application may have a time of its own. Without `offline_access` they end with the session at the latest.',
        example: '14d',
        defaultIs: OF_PRESET,
      }),
      offlineIdle: setting(durationBetween('5m', '365d').optional(), {
        about: 'The same as `refreshIdle` for refresh tokens with `offline_access`, which outlive the session.',
        example: '60d',
        defaultIs: OF_PRESET,
      }),
      offlineAbsolute: setting(durationBetween('5m', '3650d').optional(), {
        about: 'The same as `refreshAbsolute` for refresh tokens with `offline_access`, which outlive the session.',
        example: '180d',
        defaultIs: OF_PRESET,
      }),
      retryWindow: setting(durationBetween('0s', '5m').prefault('10s'), {
        about:
          'How long, after its first use, a refresh token that comes again is taken for the retry of an application that lost the answer: it gets the same successor once more. Later, or when the successor was used already, it is taken for stolen, and everything that came of that sign-in to the application ends. 0 takes every second use for stolen.',
        example: '0s',
      }),
      authorizationCode: setting(durationBetween('10s', '10m').prefault('60s'), {
        about: 'How long an application has to redeem the code it got.',
        example: '30s',
      }),
      interaction: setting(durationBetween('5m', '24h').prefault('1h'), {
        about: 'How long a person has to finish a sign-in they began.',
        example: '30m',
      }),
      largestClaims: setting(sizeBetween('512b', '64kb').prefault('4kb'), {
        about:
          'The most that roles and permissions may take up in a token. What is larger is refused, with the cure in the error: a token travels in a header, and many proxies cut headers off at 8 KB.',
        example: '6kb',
      }),
    })
    .readonly(),
  { title: 'Tokens', about: 'How long what Hearthkey issues is good for.' },
)
