/** NIST SP 800-63B-4, 3.1.1.2: 15 characters where a password is the only factor, 8 beside a second one. */
const NIST = { alone: 15, besideASecond: 8 }
const DEFAULT_LENGTH = 12

interface LengthSettings {
  readonly preset: 'default' | 'nist'
  /** Counts for everybody, whatever the preset says. */
  readonly minLength?: number | undefined
}

/** Characters of the shortest password that is taken. */
export interface MinimumLength {
  /** Where it is the only factor: also what a form says, because it does not know of another one. */
  readonly alone: number
  readonly besideASecond: number
}

export function minimumLength({ preset, minLength }: LengthSettings): MinimumLength {
  if (minLength === undefined && preset === 'nist') return NIST
  const same = minLength ?? DEFAULT_LENGTH
  return { alone: same, besideASecond: same }
}
