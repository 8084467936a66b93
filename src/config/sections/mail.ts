import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { mailbox } from '../values/mailbox.ts'
import { nameOnOneLine } from '../values/one-line.ts'
import { pathTo } from '../values/path.ts'
import { durationBetween } from '../values/quantity.ts'
import { smtpServer } from '../values/smtp-server.ts'

export const mail = section(
  z
    .strictObject({
      url: setting(smtpServer().optional(), {
        about:
          'The mail server that takes our letters: `smtp://` (STARTTLS, port 587) or `smtps://` (TLS from the first byte, port 465). Without one, letters wait in the outbox, where `hearthkey outbox` shows them on the host.',
        env: 'SMTP_URL',
        secret: true,
        example: '/run/secrets/smtp-url',
        defaultIs: 'no mail is sent',
      }),
      from: setting(mailbox().optional(), {
        about: 'Who the letters are from. Goes together with the mail server, which must be allowed to send for it.',
        env: 'MAIL_FROM',
        example: 'Example <no-reply@example.com>',
      }),
      operatorName: setting(nameOnOneLine().prefault('Hearthkey'), {
        about:
          'What your service is called in letters: in their subject, their text, and as their sender where `MAIL_FROM` has no name.',
        example: 'Example Ltd',
      }),
      tls: setting(oneOf(['required', 'opportunistic']).prefault('required'), {
        about:
          'With `required`, a server without TLS, or with a certificate that is not for it, gets no letter; of one on this machine itself nothing is asked. With `opportunistic`, letters also go in the clear where the server offers no TLS, which suits a relay in a network that is yours alone; a password never does.',
        example: 'opportunistic',
      }),
      ca: setting(pathTo('a PEM file').optional(), {
        about: 'The authority that signed the certificate of the mail server, where it is one of your own.',
        example: '/etc/hearthkey/tls/mail-ca.pem',
        defaultIs: 'the authorities that Node knows',
      }),
      timeout: setting(durationBetween('1s', '2m').prefault('30s'), {
        about:
          'How long one attempt to send a letter may take. What did not go is tried again, less and less often, until it is too old.',
        example: '1m',
      }),
    })
    .readonly(),
  {
    title: 'Mail',
    about:
      'Letters to people: links to confirm an address or to choose a new password, and notices about their account.',
  },
)
