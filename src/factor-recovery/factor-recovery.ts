import { defineId, type Id } from '../lib/ids.ts'
import { unfitForLine } from '../lib/one-line.ts'

export const factorRecoveryId = defineId('frc')
export type FactorRecoveryId = Id<'frc'>

export const RECOVER_PATH = '/link/factor-recovery'
export const RECOVERED_PATH = '/link/factor-recovery/done'
export const STOP_PATH = '/link/stop-factor-recovery'
export const STOPPED_PATH = '/link/stop-factor-recovery/done'

export const withToken = (path: typeof RECOVER_PATH | typeof STOP_PATH, token: string): `/${string}` =>
  `${path}?token=${encodeURIComponent(token)}`

/** From the day on which it may be used. */
export const GOOD_FOR_MS = 2 * 24 * 3_600_000

const LONGEST = 500

/** What somebody wrote of who looked at whom, and how: one line, for whoever asks later. */
export function statementOf(typed: string): string | undefined {
  const text = typed.normalize('NFC').trim()
  return text === '' || Array.from(text).length > LONGEST || unfitForLine.test(text) ? undefined : text
}
