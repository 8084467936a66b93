import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'

export const clients = section(
  z
    .strictObject({
      dynamicRegistration: setting(oneOf(['off', 'token']).prefault('off'), {
        about:
          'Whether an application may register itself: never (`off`), or whoever has a token for it from `hearthkey client registration-token create` (`token`). What registers itself is never one of yours: people are asked first, and it gets no API before you give it one.',
        example: 'token',
      }),
    })
    .readonly(),
  { title: 'Applications', about: 'Which applications there may be.' },
)
