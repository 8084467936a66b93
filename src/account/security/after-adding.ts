import type { UserId } from '../../users/user.ts'
import { type AccountPath, paths } from '../paths.ts'
import type { OwnFactors, StepUpRules } from '../ports.ts'

/** Whoever has something to lose now and nothing for that day is led to it; the others are back where they were. */
export async function afterAdding(
  { backupCodes }: Pick<OwnFactors, 'backupCodes'>,
  { counting }: Pick<StepUpRules, 'counting'>,
  user: UserId,
  done: 'app' | 'passkey' | 'email-code',
): Promise<AccountPath> {
  const needsCodes = counting.includes('backup-code') && (await backupCodes.standingOf(user)) === undefined
  return `${needsCodes ? paths.backupCodes : paths.security}?done=${done}`
}
