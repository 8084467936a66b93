import { fail, ok, type Result } from '../lib/result.ts'
import { meets } from './decide.ts'
import type { Proof, SecondFactor } from './factor.ts'
import { type Held, secondFactorsOf } from './held.ts'
import { demandOf, type Rule } from './rule.ts'

/** Who asks for something, by name: whoever is refused is told whom to talk to. */
export type Whose =
  | { readonly kind: 'instance' }
  | { readonly kind: 'organisation'; readonly organisation: string }
  | { readonly kind: 'role'; readonly role: string; readonly organisation: string }

export interface RuleOf {
  readonly whose: Whose
  readonly rule: Rule
}

export type RemovalRefusal =
  /** Nobody could sign in to the account any more. */
  | { readonly reason: 'last-way-in' }
  /** The last one that a rule lets count: another has to be added first. */
  | { readonly reason: 'asked-for'; readonly by: Whose }

/** As if one of that kind were gone. */
function without(held: Held, factor: SecondFactor): Held {
  switch (factor) {
    case 'passkey':
      return { ...held, passkeys: held.passkeys - 1 }
    case 'totp':
      return { ...held, totps: held.totps - 1 }
    case 'email-code':
      return { ...held, emailCode: false }
    case 'backup-code':
      return { ...held, backupCodes: 0 }
  }
}

/**
 * A way in is a password or a passkey: beside neither, a second factor is second to nothing. And a rule that could be kept
 * before must be kept after, or the next sign-in would be sent to enrol what was just thrown away; one that could not be
 * kept anyway is no reason. Each rule is asked together with that of the instance, as a sign-in asks it.
 */
export function mayRemove(
  factor: SecondFactor,
  held: Held,
  rules: readonly RuleOf[],
): Result<undefined, RemovalRefusal> {
  const after = without(held, factor)
  if (!after.hasPassword && after.passkeys <= 0 && held.passkeys > 0) return fail({ reason: 'last-way-in' })
  const ofInstance = rules.filter(({ whose }) => whose.kind === 'instance').map(({ rule }) => rule)
  const broken = rules.find(({ rule }) => {
    const demand = demandOf([...ofInstance, rule])
    return meets(everythingOf(held), demand) && !meets(everythingOf(after), demand)
  })
  return broken ? fail({ reason: 'asked-for', by: broken.whose }) : ok(undefined)
}

/** Whatever somebody could prove, all of it proven. */
function everythingOf(held: Held): Proof[] {
  const at = new Date(0)
  const second = secondFactorsOf(held).filter((factor) => factor !== 'email-code' || !held.passwordByMailbox)
  return [
    ...(held.hasPassword ? [{ factor: 'password', at } as const] : []),
    ...second.map(
      (factor): Proof => (factor === 'passkey' ? { factor, at, verified: true, synced: true } : { factor, at }),
    ),
  ]
}
