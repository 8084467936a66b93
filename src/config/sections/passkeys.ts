import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { androidApps, iosApps } from '../values/apps.ts'
import { domainName } from '../values/domain-names.ts'
import { nameOnOneLine } from '../values/one-line.ts'
import { webOrigins } from '../values/web-origins.ts'

export const passkeys = section(
  z
    .strictObject({
      rpId: setting(domainName().optional(), {
        about:
          'The domain that passkeys belong to: the host of the issuer, or a domain above it. Choose it once, because a passkey works for the domain that it was made for and for no other.',
        example: 'example.com',
        defaultIs: 'the host of `server.issuerUrl`',
      }),
      rpName: setting(nameOnOneLine().optional(), {
        about: 'What the service is called where a browser or a phone asks for a passkey.',
        example: 'Example Ltd',
        defaultIs: '`mail.operatorName`',
      }),
      relatedOrigins: setting(webOrigins().prefault([]), {
        about: 'Further origins of yours that may use the same passkeys. `/.well-known/webauthn` lists them.',
        example: 'https://example.de,https://example.fr',
      }),
      androidApps: setting(androidApps().prefault([]), {
        about:
          'Android apps of yours that may use the same passkeys, by the package and the SHA-256 fingerprint of the certificate that signs it. `/.well-known/assetlinks.json` lists them, which also lets them open links to this server.',
        example:
          'com.example.app=14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5',
      }),
      iosApps: setting(iosApps().prefault([]), {
        about:
          'iOS and macOS apps of yours that may use the same passkeys, as the team and the bundle. `/.well-known/apple-app-site-association` lists them.',
        example: 'ABCDE12345.com.example.app',
      }),
    })
    .readonly(),
  {
    title: 'Passkeys',
    about:
      'Which domain passkeys are made for, and what else of yours may use them. Nothing of this is needed for passkeys in a browser. The three files below `/.well-known/` are looked for on the host of `rpId`; where that is not this server, serve the same there.',
  },
)
