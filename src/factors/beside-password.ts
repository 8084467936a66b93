import { type Held, secondFactorsOf } from './held.ts'
import type { Rule } from './rule.ts'

/**
 * Whether nobody signs in with this person's password alone, as the instance asks for it: organisations and applications may ask
 * for more, but not always. Backup codes run out, and a mailbox is nothing beside the password that was set by it.
 */
export const standsBesidePassword = (
  held: Held,
  { mfa = 'off', factors }: Rule,
  byMailbox = held.passwordByMailbox,
): boolean =>
  mfa !== 'off' &&
  secondFactorsOf(held, factors).some((factor) => factor !== 'backup-code' && !(factor === 'email-code' && byMailbox))
