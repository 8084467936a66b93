import type { PasskeyRefusal } from '../../credentials/passkey/passkey.ts'
import type { Translate } from '../../ui/messages/translator.ts'
import type { Problem } from '../../ui/problem-summary.tsx'

export interface PasskeyTrouble {
  readonly why: PasskeyRefusal['kind'] | 'no-entry'
  /** The browser may be told to forget it. */
  readonly credentialId?: string | undefined
}

const own = ['not-verified', 'already-added'] as const

export function passkeyProblems(t: Translate, trouble: PasskeyTrouble | undefined): Problem[] {
  if (!trouble) return []
  const named = own.find((name) => name === trouble.why)
  if (named) return [{ text: t(`step.passkey.${named}`) }]
  return [{ text: t(trouble.why === 'unknown-passkey' ? 'step.passkey.unknown' : 'step.passkey.refused') }]
}
