import type { PasskeyRefusal } from '../../credentials/passkey/passkey.ts'
import type { Translate } from '../../ui/messages/translator.ts'
import type { Problem } from '../../ui/problem-summary.tsx'

/** What is said; all others are one: that it was not accepted. */
export const passkeyTroubles = ['unknown-passkey', 'not-verified', 'already-added', 'refused'] as const
type Why = (typeof passkeyTroubles)[number]

export const troubleOf = (why: PasskeyRefusal['kind'] | 'no-entry'): Why =>
  passkeyTroubles.find((name) => name === why) ?? 'refused'

export interface PasskeyTrouble {
  readonly why: Why
  /** The browser may be told to forget it. */
  readonly credentialId?: string | undefined
}

export function passkeyProblems(t: Translate, trouble: PasskeyTrouble | undefined): Problem[] {
  return trouble ? [{ text: t(`step.passkey.${trouble.why}`) }] : []
}
