import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { durationBetween } from '../values/quantity.ts'

const OF_PRESET = 'that of `tokens.preset`'

export const sessions = section(
  z
    .strictObject({
      idle: setting(durationBetween('5m', '365d').optional(), {
        about:
          'How long a browser stays signed in that is not used to sign in somewhere. A refresh of a token that belongs to the session counts as use.',
        example: '8h',
        defaultIs: OF_PRESET,
      }),
      absolute: setting(durationBetween('5m', '365d').optional(), {
        about:
          'How long a browser stays signed in however much it is used, counted from the sign-in. Refresh tokens without `offline_access` end then, too.',
        example: '12h',
        defaultIs: OF_PRESET,
      }),
      remembered: setting(durationBetween('1h', '3650d').prefault('90d'), {
        about:
          'How long a session that is over is remembered, with the device and the address it was used from. Then it is forgotten; the events of its beginning and its end stay.',
        example: '30d',
      }),
    })
    .readonly(),
  { title: 'Sessions', about: 'How long a browser stays signed in.' },
)
