import { type SecondFactor, secondFactors } from './factor.ts'
import { isLevel, type Level, reaches } from './level.ts'
import type { Demand } from './rule.ts'

/** Among which the second factor was that a level stands for. */
const behind: Record<Level, readonly SecondFactor[]> = {
  aal1: [],
  mfa: secondFactors,
  aal2: ['totp', 'backup-code'],
  phr: ['passkey'],
}

/** The level alone says that it is enough: whichever factor was proven, it counts. False: the proofs have to be looked at. */
export const isPlainlyEnough = (acr: string, { level, counting }: Pick<Demand, 'level' | 'counting'>): boolean =>
  isLevel(acr) && acr !== 'aal1' && reaches(acr, level) && behind[acr].every((factor) => counting.includes(factor))
