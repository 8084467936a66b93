import { nearest } from '../../config/nearest.ts'
import { AS_IPV4, faultOfRange } from '../../config/values/address-range.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Policy, policyShape } from './policy.ts'

/** What second factors are called, here and in `amr` of nobody: the names of the rooms that keep them. */
export const factorNames = ['passkey', 'totp', 'email-code', 'backup-code'] as const

export const policyFields = ['mfa', 'factors', 'grace', 'sessionMaxAge', 'ipRanges', 'membersFrom'] as const

export interface PolicyProblem {
  readonly where: string
  readonly reason: string
}

const MOST_RANGES = 100
const DAY_SECONDS = 86_400
const LONGEST = 365 * DAY_SECONDS

const suggestion = (unknown: string, names: readonly string[]): string => {
  const meant = nearest(
    unknown,
    names.map((name) => ({ name, spellings: [name] })),
  )
  return meant ? `did you mean ${meant}?` : `there are ${names.join(', ')}`
}

const whyNot = (range: string): string =>
  faultOfRange(range) === 'mapped'
    ? `stands for an IPv4 range; ${AS_IPV4}`
    : 'is neither an address nor a network like 192.0.2.0/24 or 2001:db8::/32'

/** A policy that somebody wrote. A word that is not understood is refused: it would be a rule that nobody keeps. */
export function readPolicy(written: unknown): Result<Policy, readonly PolicyProblem[]> {
  const parsed = policyShape.safeParse(written)
  if (!parsed.success)
    return fail(
      parsed.error.issues.flatMap((issue): PolicyProblem[] =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({
              where: key,
              reason: `is no field of a policy: ${suggestion(key, policyFields)}`,
            }))
          : [{ where: issue.path.join('.') || 'policy', reason: issue.message }],
      ),
    )
  const policy = parsed.data
  const problems = [
    ...(policy.factors ?? [])
      .filter((name) => !factorNames.some((known) => known === name))
      .map((name) => ({
        where: 'factors',
        reason: `${JSON.stringify(name)} is no factor: ${suggestion(name, factorNames)}`,
      })),
    ...(policy.ipRanges ?? [])
      .filter((range) => faultOfRange(range))
      .map((range) => ({ where: 'ipRanges', reason: `${JSON.stringify(range)} ${whyNot(range)}` })),
    ...((policy.ipRanges ?? []).length > MOST_RANGES
      ? [{ where: 'ipRanges', reason: `takes at most ${MOST_RANGES} networks` }]
      : []),
    ...(['sessionMaxAge', 'grace'] as const)
      .filter((where) => (policy[where] ?? 1) > LONGEST)
      .map((where) => ({ where, reason: `takes at most ${LONGEST} seconds (365 days)` })),
    ...(policy.factors?.length === 0 && (policy.mfa === 'required' || policy.mfa === 'phishing-resistant')
      ? [{ where: 'factors', reason: 'lists none, though a second factor is required: nobody could sign in' }]
      : []),
    ...(policy.mfa === 'phishing-resistant' && policy.factors && !policy.factors.includes('passkey')
      ? [{ where: 'factors', reason: 'leaves out passkey, the only factor that is phishing-resistant' }]
      : []),
  ]
  return problems.length > 0 ? fail(problems) : ok(policy)
}
