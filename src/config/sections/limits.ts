import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { allowance } from '../values/allowance.ts'
import { oneOf } from '../values/choice.ts'
import { redisServer } from '../values/redis-server.ts'

/** `what` completes "How many …". */
const limit = (what: string, example: string, more = '') =>
  setting(allowance().optional(), { about: `How many ${what}.${more}`, example, defaultIs: 'the preset’s' })

/** For what the program does not do yet: the setting is accepted, so that a file need not change on that day. */
const limitToCome = (what: string, example: string) => limit(what, example, ' Counted from the day the routes exist.')

const QUOTA =
  ' Counted where Hearthkey sees them: when a key is exchanged or looked at, and in its own API. An organisation or a key may have a number of its own. Tokens carry it, for services to count by.'

export const limits = section(
  z
    .strictObject({
      preset: setting(oneOf(['monetro', 'storno', 'toster', 'drop']).prefault('monetro'), {
        about:
          'The table of limits to begin with, named after the product that publishes it ([what each contains](guides/limits.md)). Each limit below replaces one of its lines; `off` takes a line away.',
        example: 'storno',
      }),
      redisUrl: setting(redisServer().optional(), {
        about:
          'A Redis or Valkey in which instances count together, instead of in the database. While it is away they count in the database.',
        env: 'REDIS_URL',
        secret: true,
        example: '/run/secrets/redis-url',
        defaultIs: 'the database counts',
      }),
      signIn: z
        .strictObject({
          email: limit('attempts to sign in with one e-mail address, whoever makes them', '10/15m'),
          ip: limit('attempts to sign in from one address (IPv6: one /64 network); an office shares one', '300/15m'),
          failuresByIp: limit('failed attempts to sign in from one address', '5/15m'),
        })
        .prefault({})
        .readonly(),
      secondFactor: z
        .strictObject({
          account: limit('attempts at the second factor of one account, from wherever', '10/15m'),
          accountLong: limit('attempts at the second factor of one account over a longer time', '10/15m'),
          ip: limit('attempts at a second factor from one address', '60/1m'),
        })
        .prefault({})
        .readonly(),
      registration: z
        .strictObject({ ip: limit('registrations begun from one address', '5/1h') })
        .prefault({})
        .readonly(),
      recovery: z
        .strictObject({
          ip: limit('requests for a forgotten password from one address', '5/1h'),
          email: limit('requests for a forgotten password of one e-mail address', '5/1h'),
        })
        .prefault({})
        .readonly(),
      mail: z
        .strictObject({
          email: limit('letters to one e-mail address that anybody can cause, for each purpose apart', '10/1h'),
        })
        .prefault({})
        .readonly(),
      account: z
        .strictObject({
          account: limit('changes to one account in one session; signing a device out is always possible', '30/1h'),
        })
        .prefault({})
        .readonly(),
      clientAuth: z
        .strictObject({
          failuresByIp: limit(
            'requests with a wrong client secret from one address',
            '30/1m',
            ' While it is over, every program at that address is told to wait: name your proxies in `TRUSTED_PROXIES`.',
          ),
        })
        .prefault({})
        .readonly(),
      deviceBegin: z
        .strictObject({ ip: limit('devices that begin to sign in from one address', '100/10m') })
        .prefault({})
        .readonly(),
      userCode: z
        .strictObject({
          failuresByIp: limit('wrong codes of devices from one address', '10/10m'),
          failures: limit(
            'wrong codes of devices, whoever types them',
            '1000/10m',
            ' While it is over, nobody signs in on a device. It keeps many addresses together from guessing more than one.',
          ),
        })
        .prefault({})
        .readonly(),
      clientRegistration: z
        .strictObject({ ip: limit('applications that register themselves from one address', '20/1h') })
        .prefault({})
        .readonly(),
      api: z
        .strictObject({
          ip: limitToCome('requests to the management API from one address', '300/1m'),
          organisation: limitToCome('requests to the management API for one organisation', '1000/1m'),
        })
        .prefault({})
        .readonly(),
      quota: z
        .strictObject({
          organisation: limit('requests of all programs of one organisation', '1000/1m', QUOTA),
          apiKey: limit('requests with one API key', '300/1m', QUOTA),
        })
        .prefault({})
        .readonly(),
      webhooks: z
        .strictObject({ ip: limitToCome('incoming webhooks from one address', '30/1m') })
        .prefault({})
        .readonly(),
    })
    .readonly(),
  {
    title: 'Limits',
    about:
      'How often something may be asked for, such as `10/15m`: ten times at once, and what is used comes back evenly, so that no fifteen minutes ever see more than twenty. What is over it is answered with 429 and `Retry-After`.',
  },
)
