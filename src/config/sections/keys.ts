import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { oneOfNumbers } from '../values/number.ts'
import { durationBetween } from '../values/quantity.ts'

export const keys = section(
  z
    .strictObject({
      algorithm: setting(oneOf(['RS256', 'ES256', 'EdDSA']).prefault('RS256'), {
        about: 'What new signing keys sign with. Every relying party understands RS256.',
        example: 'ES256',
      }),
      modulusLength: setting(oneOfNumbers([2048, 3072, 4096]).prefault(2048), {
        about: 'Bits of a new RSA key. Longer keys sign more slowly.',
        example: '3072',
      }),
      rotateEvery: setting(durationBetween('1h', '365d').prefault('90d'), {
        about: 'How long a key signs before the next one takes over. At least once a year.',
        example: '30d',
      }),
      publishBefore: setting(durationBetween('10m', '30d').prefault('24h'), {
        about:
          'How long the next key stands in JWKS before it signs, so that everyone who caches JWKS (5 minutes, by our header) knows it by then. Shorter than the rotation.',
        example: '48h',
      }),
      longestTokenLifetime: setting(durationBetween('1m', '365d').prefault('24h'), {
        about: 'How long a retired key stays in JWKS: until the last token that it signed has died.',
        example: '12h',
      }),
    })
    .readonly(),
  { title: 'Signing keys', about: 'Which keys sign tokens, and how they change without anybody noticing.' },
)
