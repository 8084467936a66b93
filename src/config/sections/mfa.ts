import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { oneOf } from '../values/choice.ts'
import { durationBetween } from '../values/quantity.ts'
import { someOf } from '../values/some-of.ts'

export const mfa = section(
  z
    .strictObject({
      require: setting(oneOf(['off', 'optional', 'required', 'phishing-resistant']).prefault('optional'), {
        about:
          'What every sign-in needs: a password alone (`off`); a second factor from whoever has one (`optional`); a second factor from everybody (`required`); a passkey from everybody (`phishing-resistant`). An organisation, a role or an application may ask for more. Try it out before, with `hearthkey policy simulate`.',
        example: 'required',
      }),
      factors: setting(
        someOf(['passkey', 'totp', 'email-code', 'backup-code']).prefault(['passkey', 'totp', 'backup-code']),
        {
          about:
            'Which second factors count and are offered. A code by mail is the weakest: whoever reads the mailbox can reset the password, too.',
          example: 'passkey,backup-code',
        },
      ),
      enrolmentGrace: setting(durationBetween('0s', '365d').prefault('0s'), {
        about:
          'How long somebody without a second factor may put off its enrolment, from the first sign-in that asks for it, where `require` asks everybody.',
        example: '14d',
      }),
      trustedBrowser: setting(durationBetween('0s', '365d').prefault('0s'), {
        about:
          'How long a browser may skip the second factor after its owner has proven one in it and asked for that. 0 offers it to nobody. Such a sign-in counts as `mfa`, never as `aal2`, and does not open sensitive changes.',
        example: '30d',
      }),
      // With the two days that it is good for then, no longer than the outbox remembers that its letter left.
      recoveryDelay: setting(durationBetween('0s', '28d').prefault('24h'), {
        about:
          'How long the way back that an administrator opens for somebody who lost their factors stays shut, while that person is told by letter and may stop it. It opens nothing before that letter has left.',
        example: '72h',
      }),
    })
    .readonly(),
  {
    title: 'Second factors',
    about: 'What is proven beside a password, or in its place ([how](guides/second-factors.md)).',
  },
)
