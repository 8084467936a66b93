import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { domainNames } from '../values/domain-names.ts'

export const registration = section(
  z
    .strictObject({
      mode: setting(oneOf(['closed', 'domain', 'open']).prefault('closed'), {
        about:
          'Who may create an account: nobody but an administrator (`closed`), whoever has a mailbox in one of the domains (`domain`), or everybody (`open`). The page takes an address; everything else follows behind the link that is mailed to it.',
        example: 'domain',
      }),
      domains: setting(domainNames().prefault([]), {
        about:
          'The domains whose mailboxes may register, where the mode is `domain`. Each stands for itself alone, so `example.com` does not take in `mail.example.com`. Whoever is refused is told of them.',
        example: 'example.com,firma.example',
      }),
    })
    .readonly(),
  { title: 'Registration', about: 'Who may create an account for themselves.' },
)
