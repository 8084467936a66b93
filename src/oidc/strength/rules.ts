import { z } from 'zod'
import { secondFactors } from '../../factors/factor.ts'
import { isLevel, type Level, levels } from '../../factors/level.ts'
import { demands, type Rule } from '../../factors/rule.ts'
import { askedLevels } from '../claims-parameter.ts'
import type { Client } from '../clients/client.ts'

/** Of the application, whoever signs in to it. */
export const rulesOfClient = ({ mfa }: Pick<Client, 'mfa'>): Rule[] => (mfa === null ? [] : [{ mfa }])

/**
 * `acr_values`, and `acr` in `claims`: any of them will do, so the weakest is what is asked for. What we do not know cannot be asked for
 * (OpenID Connect Core §3.1.2.1: a voluntary claim), and one factor is asked of everybody.
 */
export function rulesOfRequest(params: Readonly<Record<string, unknown>> | undefined): Rule[] {
  const asked = params?.['acr_values']
  const known = typeof asked === 'string' ? asked.split(' ').filter(isLevel) : []
  return [...weakestOf(known), ...weakestOf(askedLevels(params)?.known ?? [])]
}

function weakestOf(known: readonly Level[]): Rule[] {
  const level = levels.find((one) => known.includes(one))
  return level === undefined || level === 'aal1' ? [] : [{ level }]
}

const rule = z.object({
  mfa: z.enum(demands).optional(),
  level: z.enum(levels).optional(),
  factors: z.array(z.enum(secondFactors)).readonly().optional(),
  grace: z.number().optional(),
})

/** As the engine keeps them beside an interaction. */
export const keptRules = z.array(rule)
