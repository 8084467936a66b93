import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { addressRanges } from '../values/network.ts'
import { wholeNumber } from '../values/number.ts'
import { durationBetween, sizeBetween } from '../values/quantity.ts'

export const webhooks = section(
  z
    .strictObject({
      allow: setting(
        addressRanges('whoever may add a webhook could reach everything inside; name the ranges you need').prefault([]),
        {
          about:
            'Private ranges that webhooks may be sent to, although they are not public. Each administrator of an organisation may point a webhook there, and reads the beginning of what is answered. What `outgoing.allow` opens is not opened for webhooks, nor the other way round.',
          example: '10.20.30.0/24',
        },
      ),
      timeout: setting(durationBetween('1s', '60s').prefault('10s'), {
        about: 'How long an endpoint may take to answer one message.',
        example: '20s',
      }),
      giveUpAfter: setting(durationBetween('1h', '30d').prefault('3d'), {
        about:
          'For how long a message is sent again that is not taken; after that it counts as failed. An endpoint that took nothing at all for so long is disabled, and whoever looks after it is told by mail. Shorter than `audit.retention`: a message is made from the log each time it is sent.',
        example: '7d',
      }),
      overlap: setting(durationBetween('0s', '30d').prefault('24h'), {
        about:
          'How long messages are signed with the former secret as well after a rotation, where nothing else is said.',
        example: '1h',
      }),
      keep: setting(durationBetween('1d', '365d').prefault('30d'), {
        about:
          'How long the log of deliveries keeps what has ended, and what waits for an endpoint that stays disabled; no shorter than `webhooks.giveUpAfter`.',
        example: '90d',
      }),
      responseKept: setting(sizeBetween('0b', '64kb').prefault('4kb'), {
        about: 'How much of an endpoint’s answer is kept in the log of deliveries, sealed; 0b keeps nothing of it.',
        example: '1kb',
      }),
      mostPerOrganisation: setting(wholeNumber(0, 1000).prefault(10), {
        about: 'How many endpoints an organisation may have; 0: none.',
        example: '3',
      }),
      mostOfInstance: setting(wholeNumber(1, 1000).prefault(50), {
        about: 'How many endpoints the instance itself may have.',
        example: '5',
      }),
    })
    .readonly(),
  {
    title: 'Webhooks',
    about: 'Who is told of events by a request to an address of theirs ([how they work](guides/webhooks.md)).',
  },
)
