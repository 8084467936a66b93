import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { addressRanges } from '../values/network.ts'
import { durationBetween, sizeBetween } from '../values/quantity.ts'

export const outgoing = section(
  z
    .strictObject({
      allow: setting(
        addressRanges('the guard of private networks would be off; name the ranges you need').prefault([]),
        {
          about:
            'Private ranges that this server may call although they are not public. Without them an address inside your network is refused, whoever asks. Webhooks have a list of their own (`webhooks.allow`).',
          example: '10.20.0.0/16',
        },
      ),
      timeout: setting(durationBetween('100ms', '60s').prefault('5s'), {
        about: 'How long one request may take from start to end.',
        example: '10s',
      }),
      maxBytes: setting(sizeBetween('1kb', '100mb').prefault('1mb'), {
        about: 'The largest answer that is read.',
        example: '256kb',
      }),
    })
    .readonly(),
  {
    title: 'Outgoing requests',
    about: 'What Hearthkey may call: keys of clients, logout notices; webhooks by ranges of their own.',
  },
)
