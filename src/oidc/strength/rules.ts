import { z } from 'zod'
import { secondFactors } from '../../factors/factor.ts'
import { isLevel, type Level, levels } from '../../factors/level.ts'
import { demands, type Rule } from '../../factors/rule.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import type { Client } from '../clients/client.ts'

/** Of the application, whoever signs in to it. */
export const rulesOfClient = ({ mfa }: Pick<Client, 'mfa'>): Rule[] => (mfa === null ? [] : [{ mfa }])

/**
 * `acr_values`: any of them will do, so the weakest is what is asked for. What we do not know cannot be asked for
 * (OpenID Connect Core §3.1.2.1: a voluntary claim), and one factor is asked of everybody.
 */
export function rulesOfRequest(params: Readonly<Record<string, unknown>> | undefined): Rule[] {
  const asked = params?.['acr_values']
  if (typeof asked !== 'string') return []
  const known: Level[] = asked.split(' ').filter(isLevel)
  const level = levels.find((one) => known.includes(one))
  return level === undefined || level === 'aal1' ? [] : [{ level }]
}

/** Of an organisation and of the roles that somebody has in it. Its grace is that of its roles. */
export function rulesOfOrganisation(
  { mfa, factors, grace: seconds = 0 }: Policy,
  roles: readonly { readonly mfa: Rule['mfa'] | null }[],
): Rule[] {
  const grace = seconds * 1000
  const own: Rule = {
    mfa,
    grace,
    ...(factors && { factors: secondFactors.filter((factor) => factors.includes(factor)) }),
  }
  const asksNothing = mfa === undefined && factors === undefined
  return [...(asksNothing ? [] : [own]), ...roles.flatMap(({ mfa }) => (mfa ? [{ mfa, grace }] : []))]
}

const rule = z.object({
  mfa: z.enum(demands).optional(),
  level: z.enum(levels).optional(),
  factors: z.array(z.enum(secondFactors)).readonly().optional(),
  grace: z.number().optional(),
})

/** As the engine keeps them beside an interaction. */
export const keptRules = z.array(rule)
