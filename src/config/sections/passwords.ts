import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { wholeNumber } from '../values/number.ts'
import { sizeBetween } from '../values/quantity.ts'

const argon2 = z
  .strictObject({
    memory: setting(sizeBetween('19mb', '1gb').prefault('19mb'), {
      about:
        'Memory that one hash takes; two are made at a time. The least is what OWASP asks for. New passwords take a new value; what is stored keeps its own.',
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
      minLength: setting(wholeNumber(8, 128).prefault(12), {
        about: 'Characters of the shortest password that is taken. There is no rule about which characters.',
        example: '15',
      }),
      argon2,
    })
    .readonly(),
  { title: 'Passwords', about: 'What a password must be, and what hashing one costs (Argon2id).' },
)
