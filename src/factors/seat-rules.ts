import { secondFactors } from './factor.ts'
import type { MfaDemand, Rule } from './rule.ts'

/** What the policy of an organisation says of second factors. */
interface Asking {
  readonly mfa?: MfaDemand | undefined
  readonly factors?: readonly string[] | undefined
  /** Seconds. */
  readonly grace?: number | undefined
}

interface AskingRole {
  readonly mfa: MfaDemand | null
  readonly apiOnly: boolean
}

interface RulesOfSeat<Role> {
  readonly own: Rule | undefined
  readonly ofRoles: readonly { readonly role: Role; readonly rule: Rule }[]
}

/** Those that people act with. The others are for programs: nobody signs in by them, so they ask nothing of anybody. */
export const rolesOfPeople = <Role extends Pick<AskingRole, 'apiOnly'>>(roles: readonly Role[]): Role[] =>
  roles.filter(({ apiOnly }) => !apiOnly)

/** What an organisation and the roles in it ask of somebody, each for itself. Its grace, and what counts in it, are those of its roles. */
export function rulesOfSeat<Role extends AskingRole>(
  { mfa, factors, grace: seconds = 0 }: Asking,
  roles: readonly Role[],
): RulesOfSeat<Role> {
  const counting = factors && { factors: secondFactors.filter((factor) => factors.includes(factor)) }
  const rest = { grace: seconds * 1000, ...counting }
  return {
    own: mfa === undefined && factors === undefined ? undefined : { mfa, ...rest },
    ofRoles: rolesOfPeople(roles).flatMap((role) => (role.mfa ? [{ role, rule: { mfa: role.mfa, ...rest } }] : [])),
  }
}

/** The same as a sign-in is judged by it: all together. */
export function rulesInSeat(asking: Asking, roles: readonly AskingRole[]): Rule[] {
  const { own, ofRoles } = rulesOfSeat(asking, roles)
  return [...(own ? [own] : []), ...ofRoles.map(({ rule }) => rule)]
}
