import { type SecondFactor, secondFactors } from './factor.ts'
import { type Level, reaches } from './level.ts'

/** `off`: nobody is asked; `optional`: whoever has a second factor proves it; `required`: two; `phishing-resistant`: a passkey. */
export const demands = ['off', 'optional', 'required', 'phishing-resistant'] as const
export type MfaDemand = (typeof demands)[number]

/** What one of those who may ask for something asks for. */
export interface Rule {
  readonly mfa?: MfaDemand | undefined
  /** Instead of `mfa`, by whoever speaks of levels (`acr_values`). */
  readonly level?: Level | undefined
  /** Which second factors count; absent: all that the others let count. */
  readonly factors?: readonly SecondFactor[] | undefined
  /** Which there are here at all: for the instance to say. Whoever else narrows `factors` says what is enough for them. */
  readonly offers?: readonly SecondFactor[] | undefined
  /** Milliseconds in which somebody without a factor may put off the enrolment. */
  readonly grace?: number | undefined
}

/** What all of them ask for together: the most of each. */
export interface Demand {
  readonly level: Level
  /** Whoever has a second factor proves it, whether it is asked for or not. */
  readonly usesWhatThereIs: boolean
  readonly counting: readonly SecondFactor[]
  /** What is asked of whoever has it, whether it counts or not: it is what keeps others from adding one that does. */
  readonly offered: readonly SecondFactor[]
  /** The shortest; none where one of them gives none. */
  readonly grace: number
}

const levelOfDemand: Record<MfaDemand, Level> = {
  off: 'aal1',
  optional: 'aal1',
  required: 'mfa',
  'phishing-resistant': 'phr',
}

const levelOfRule = ({ mfa, level }: Rule): Level => level ?? levelOfDemand[mfa ?? 'off']

/**
 * A rule can ask for more than another, never for less: an organisation that wants no second factor takes from nobody the
 * one that they have for themselves, and opens nothing that the instance keeps shut.
 */
export function demandOf(rules: readonly Rule[]): Demand {
  const asking = rules.filter((rule) => levelOfRule(rule) !== 'aal1')
  return {
    level: rules.map(levelOfRule).reduce((most, level) => (reaches(level, most) ? level : most), 'aal1'),
    usesWhatThereIs: rules.some(({ mfa, level }) => level !== undefined || (mfa !== undefined && mfa !== 'off')),
    counting: secondFactors.filter((factor) => rules.every((rule) => rule.factors?.includes(factor) ?? true)),
    offered: secondFactors.filter((factor) => rules.every((rule) => rule.offers?.includes(factor) ?? true)),
    grace: asking.length > 0 ? Math.min(...asking.map(({ grace }) => grace ?? 0)) : 0,
  }
}
