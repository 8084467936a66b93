import { type SecondFactor, secondFactors } from './factor.ts'

/** What a person could prove, as the tables say it now. */
export interface Held {
  readonly passkeys: number
  readonly totps: number
  readonly emailCode: boolean
  /** That are not used up. */
  readonly backupCodes: number
  /** Whether they ever got any. */
  readonly hasBackupCodes: boolean
  readonly hasPassword: boolean
  /** Whoever set the password had proven the mailbox and nothing else: the mailbox is not a second factor beside it. */
  readonly passwordByMailbox: boolean
  /** Their factors were lost and taken away: the next sign-in leads through enrolment, whatever the rules say. */
  readonly mustEnrol: boolean
  readonly graceBeganAt: Date | undefined
}

export const holdsNothing: Held = {
  passkeys: 0,
  totps: 0,
  emailCode: false,
  backupCodes: 0,
  hasBackupCodes: false,
  hasPassword: false,
  passwordByMailbox: false,
  mustEnrol: false,
  graceBeganAt: undefined,
}

/** Backup codes are for the day another factor is gone: without another one they are none. */
export function secondFactorsOf(
  { passkeys, totps, emailCode, backupCodes }: Held,
  among: readonly SecondFactor[] = secondFactors,
): SecondFactor[] {
  const all: SecondFactor[] = [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(totps > 0 ? (['totp'] as const) : []),
    ...(emailCode ? (['email-code'] as const) : []),
  ]
  const own = all.filter((factor) => among.includes(factor))
  return own.length > 0 && backupCodes > 0 && among.includes('backup-code') ? [...own, 'backup-code'] : own
}
