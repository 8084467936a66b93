import { type AlertRule, alertRules } from '../../config/sections/alerts.ts'

/**
 * What a letter begins with. A stranger raises alerts of failed sign-ins by the thousand, so that what somebody should look at
 * tonight stands behind them: what only few can bring about comes first.
 */
const gravest: readonly AlertRule[] = [
  'chain-broken',
  'key-rotated',
  'administrator-granted',
  'api-key-leaked',
  'token-replayed',
  'webhook-disabled',
  'factor-removed',
  'password-changed',
  'status-changed',
  'failed-sign-ins',
  'session-revoked',
]

const rank = (rule: AlertRule): number => (gravest.includes(rule) ? gravest.indexOf(rule) : gravest.length)

export const gravestFirst = (rules: readonly AlertRule[] = alertRules): AlertRule[] =>
  [...rules].sort((one, other) => rank(one) - rank(other))
