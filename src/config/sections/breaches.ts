import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { pathTo } from '../values/path.ts'
import { offOrServiceAddress } from '../values/service-address.ts'

export const breaches = section(
  z
    .strictObject({
      filter: setting(pathTo('a filter file').optional(), {
        about:
          'A filter that `hearthkey breach-list build` made from the downloaded list of Have I Been Pwned ([how](guides/breached-passwords.md)). Read by page, never loaded whole. A file that is not there or not whole stops the start.',
        example: '/var/lib/hearthkey-lists/pwned.filter',
        defaultIs: 'none: only the shipped list of common passwords is looked into',
      }),
      service: setting(offOrServiceAddress().prefault('off'), {
        about:
          'A web service that is asked as well: the first five of forty digits of the hash leave this server. While it does not answer, it is passed over with a warning.',
        example: 'https://api.pwnedpasswords.com',
      }),
      atSignIn: setting(oneOf(['off', 'ask']).prefault('ask'), {
        about:
          'Whether a password is looked up at each sign-in too. With `ask`, whoever signs in with a known one is asked to choose another before going on.',
        example: 'off',
      }),
    })
    .readonly(),
  {
    title: 'Breached passwords',
    about:
      'Passwords that are common, or were stolen somewhere, are refused. A list of common ones is shipped; nothing of this needs the network.',
  },
)
