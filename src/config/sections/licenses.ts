import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { oneName } from '../values/one-name.ts'
import { pathTo } from '../values/path.ts'
import { durationBetween } from '../values/quantity.ts'

export const licenses = section(
  z
    .strictObject({
      keys: setting(pathTo("a vendor's public key, or a folder of them").optional(), {
        about:
          'The public keys of the vendor whose licences count here: a PEM or JWKS file, or a folder of `.pem` and `.json` files. They are never fetched. An instance that has some publishes them at `/.well-known/license-jwks.json`.',
        example: '/etc/hearthkey/license-keys',
        defaultIs: 'the folder `license` in the keys directory',
      }),
      product: setting(oneName().prefault('hearthkey'), {
        about: 'The product whose licences count here, as the vendor calls it.',
        example: 'storno',
      }),
      required: setting(oneOf(['off', 'on']).prefault('off'), {
        about:
          'Whether nothing new (users, organisations, clients) can be made without a licence. Off: where none is installed, nothing is limited. Whoever is here already signs in either way.',
        example: 'on',
      }),
      warnBefore: setting(durationBetween('1h', '365d').prefault('30d'), {
        about: 'How long before its end the log, `hearthkey license status` and `hearthkey doctor` warn.',
        example: '60d',
      }),
      inTokens: setting(oneOf(['off', 'on']).prefault('off'), {
        about:
          'Whether access tokens say in a claim `lic` which edition and features the licence that counts here gives.',
        example: 'on',
      }),
    })
    .readonly(),
  {
    title: 'Licences',
    about: 'What this instance is licensed for, checked without a network ([how](guides/licences.md)).',
  },
)
