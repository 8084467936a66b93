import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { wholeNumber } from '../values/number.ts'
import { sizeBetween } from '../values/quantity.ts'

const argon2 = z
  .strictObject({
    memory: setting(sizeBetween('19mb', '1gb').prefault('19mb'), {
      about:
        'Memory that one hash takes; two are made at a time. The least is what OWASP asks for. A higher value reaches new passwords at once, and a stored one when its owner next signs in. `hearthkey password suggest` measures what this machine can do.',
      example: '64mb',
    }),
    iterations: setting(wholeNumber(2, 20).prefault(2), {
      about: 'Passes over that memory. More cost time alone.',
      example: '3',
    }),
    queue: setting(wholeNumber(1, 10_000).prefault(100), {
      about:
        'How many passwords may wait to be hashed. Past it, whoever signs in is asked to come back in some seconds (503 and `Retry-After`).',
      example: '500',
    }),
  })
  .prefault({})
  .readonly()

export const passwords = section(
  z
    .strictObject({
      preset: setting(oneOf(['default', 'nist']).prefault('default'), {
        about:
          'What a password must be where nothing below says otherwise. `default` asks for 12 characters; `nist` for 15 where the password is the only factor, and for 8 beside a second one (NIST SP 800-63B-4).',
        example: 'nist',
      }),
      minLength: setting(wholeNumber(8, 64).optional(), {
        about:
          'Characters of the shortest password that is taken, from everybody. There is no rule about which characters, and no longest password below 4 KB.',
        example: '15',
        defaultIs: 'what the preset asks for',
      }),
      history: setting(wholeNumber(0, 24).prefault(0), {
        about:
          'How many of the last passwords of a person are not taken again, the current one included. Each costs a hash when a password is changed. NIST advises against changes by the calendar, so most need none.',
        example: '5',
      }),
      argon2,
    })
    .readonly(),
  { title: 'Passwords', about: 'What a password must be, and what hashing one costs (Argon2id).' },
)
