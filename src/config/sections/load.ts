import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { wholeNumber } from '../values/number.ts'

export const load = section(
  z
    .strictObject({
      pages: setting(wholeNumber(1, 100).optional(), {
        about:
          'How many pages each process works on at the same time. The others wait their turn, so that programs get their tokens as fast as ever. More of them helps where the database is far away.',
        example: '8',
        defaultIs: '1 on the embedded database, 4 on a server of your own',
      }),
      waiting: setting(wholeNumber(1, 10_000).prefault(64), {
        about:
          'How many may wait for a page in each process. Past it, whoever begins is asked to come back in some seconds (503 and `Retry-After`); whoever is in the middle of something is, past four times as many.',
        example: '200',
      }),
    })
    .prefault({})
    .readonly(),
  {
    title: 'Load',
    about:
      'What happens when very many people come at once ([more](guides/limits.md)). It concerns pages alone: tokens, keys, discovery and introspection never wait for them and are never refused because of them.',
  },
)
