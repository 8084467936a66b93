import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { addresses } from '../values/addresses.ts'
import { wholeNumber } from '../values/number.ts'
import { durationBetween } from '../values/quantity.ts'
import { someOf } from '../values/some-of.ts'

/** What alerts are raised for; a word is a promise to whoever has it in their configuration. */
export const alertRules = [
  'failed-sign-ins',
  'factor-removed',
  'password-changed',
  'administrator-granted',
  'status-changed',
  'session-revoked',
  'key-rotated',
  'api-key-leaked',
  'token-replayed',
  'webhook-disabled',
  'chain-broken',
] as const
export type AlertRule = (typeof alertRules)[number]

const worthALetter = [
  'failed-sign-ins',
  'administrator-granted',
  'key-rotated',
  'api-key-leaked',
  'token-replayed',
  'webhook-disabled',
  'chain-broken',
] as const satisfies readonly AlertRule[]

export const alerts = section(
  z
    .strictObject({
      rules: setting(someOf(alertRules).prefault([...alertRules]), {
        about:
          'What alerts are raised for ([what each means](guides/alerts.md)). An alert is an event, `alert.raised`: webhooks and the stream of events carry it.',
        example: 'failed-sign-ins, administrator-granted, chain-broken',
      }),
      letters: setting(someOf(alertRules).prefault([...worthALetter]), {
        about: 'Of which alerts letters are written as well.',
        example: 'chain-broken',
      }),
      mail: setting(addresses(20).optional(), {
        about: 'Who gets the letters.',
        example: 'security@example.com',
        defaultIs: 'the administrators of the instance',
      }),
      failures: setting(wholeNumber(1, 1000).prefault(5), {
        about: 'More failed sign-ins of one identity than this raise an alert.',
        example: '10',
      }),
      failuresWithin: setting(durationBetween('1m', '24h').prefault('15m'), {
        about: 'Within which time failed sign-ins are counted.',
        example: '1h',
      }),
      quiet: setting(durationBetween('1m', '7d').prefault('1h'), {
        about: 'For how long the same alert about the same person, key or organisation is not raised again.',
        example: '4h',
      }),
      letterEvery: setting(durationBetween('1m', '24h').prefault('5m'), {
        about:
          'At most one letter in this time: it tells of all alerts since the last. The first one waits no longer than this.',
        example: '15m',
      }),
    })
    .readonly(),
  { title: 'Alerts', about: 'What somebody should look at soon, picked out of the events.' },
)
