import type { Config } from '../config/config.ts'
import type { Rule } from './rule.ts'

/** What the operator asks of every sign-in. */
export const ruleOfInstance = ({ require: mfa, factors, enrolmentGrace: grace }: Config['mfa']): Rule => ({
  mfa,
  factors,
  offers: factors,
  grace,
})
