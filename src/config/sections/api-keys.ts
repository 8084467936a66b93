import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { wholeNumber } from '../values/number.ts'
import { durationBetween } from '../values/quantity.ts'

export const apiKeys = section(
  z
    .strictObject({
      lifetime: setting(durationBetween('1h', '3650d').prefault('90d'), {
        about: 'How long an API key works where whoever makes it says nothing else.',
        example: '30d',
      }),
      longestLifetime: setting(durationBetween('1h', '3650d').prefault('365d'), {
        about: 'The longest that may be asked for.',
        example: '90d',
      }),
      endless: setting(oneOf(['refused', 'allowed']).prefault('refused'), {
        about: 'Whether a key may be made that never expires. One that is forgotten then opens the door for ever.',
        example: 'allowed',
      }),
      overlap: setting(durationBetween('0s', '30d').prefault('24h'), {
        about: 'How long the former key works on after a rotation, where nothing else is said.',
        example: '1h',
      }),
      perOwner: setting(wholeNumber(1, 1000).prefault(20), {
        about: 'How many keys that work one owner may have in one organisation.',
        example: '5',
      }),
      warnBefore: setting(durationBetween('1h', '90d').prefault('7d'), {
        about: 'How long before its end the owner of a key is told by mail.',
        example: '14d',
      }),
    })
    .readonly(),
  {
    title: 'API keys',
    about: 'What programs show instead of a sign-in ([how they work](guides/api-keys.md)).',
  },
)
