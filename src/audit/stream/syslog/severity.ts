import type { Action } from '../../vocabulary.ts'

/** Of RFC 5424: the smaller, the worse. */
const [CRITICAL, WARNING, NOTICE, INFORMATIONAL] = [2, 4, 5, 6]

const severities: Partial<Record<Action, number>> = {
  'audit.chain_broken': CRITICAL,
  'audit.break_acknowledged': CRITICAL,
  'alert.raised': WARNING,
  'api_key.leaked': WARNING,
  'factors.reset': WARNING,
  'key.revoked': WARNING,
  'license.clock_set_back': WARNING,
  'lockout.began': WARNING,
  'mail.failed': WARNING,
  'mail.revealed': WARNING,
  'passkey.counter_went_back': WARNING,
  'second_factor.failed': WARNING,
  'sign_in.failed': WARNING,
  'webhook.disabled': WARNING,
}

/** What happens all day where nothing is the matter. */
const EVERYDAY =
  /^(sign_in|session|second_factor|passkey|backup_code|email_code|link|mail|token|checkpoint|organisation)\b/
const ROUTINE =
  /\.(completed|started|strengthened|ended|forgotten|used|proven|sent|issued|expired|exchanged|switched)$|^checkpoint$|^link$/

export function severityOf(name: string): number {
  const known = Object.entries(severities).find(([action]) => action === name)?.[1]
  return known ?? (EVERYDAY.test(name) && ROUTINE.test(name) ? INFORMATIONAL : NOTICE)
}
