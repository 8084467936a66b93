import type { Client } from './client.ts'
import { addressRule, sentBackRule } from './rules/addresses.ts'
import { certificateRule } from './rules/certificates.ts'
import { keysRule } from './rules/keys.ts'
import { lifetimeRule } from './rules/lifetimes.ts'
import { linkRule, logoutUriRule } from './rules/links.ts'
import { nameRule } from './rules/name.ts'
import { originRule } from './rules/origins.ts'
import { profileRule } from './rules/profile.ts'
import { type Bounds, isTouched, type Refusal, type Rule, rule } from './rules/rule.ts'
import { subjectRule } from './rules/subject.ts'
import { serviceRule, typeRule } from './rules/type.ts'

export type { Bounds, RedirectUriRefusal, Refusal } from './rules/rule.ts'

const MOST_ADDRESSES = 100
const MOST_ORIGINS = 50
const MOST_APIS = 100

const amountRule = rule(
  ['redirectUris', 'postLogoutRedirectUris', 'origins', 'apis'],
  ({ redirectUris, postLogoutRedirectUris, origins, apis }) =>
    redirectUris.length > MOST_ADDRESSES ||
    postLogoutRedirectUris.length > MOST_ADDRESSES ||
    origins.length > MOST_ORIGINS ||
    apis.length > MOST_APIS
      ? { reason: 'too-many' }
      : undefined,
)

const rules: readonly Rule[] = [
  nameRule,
  amountRule,
  typeRule,
  serviceRule,
  sentBackRule,
  addressRule,
  linkRule,
  logoutUriRule,
  originRule,
  keysRule,
  certificateRule,
  lifetimeRule,
  subjectRule,
  profileRule,
]

/** What one rule allows another may not, beside it: by each rule what is wrong, first the worst. */
export const faultsOf = (client: Client, bounds: Bounds): Refusal[] =>
  rules.flatMap((one) => one.fault(client, bounds, undefined) ?? [])

export const judge = (client: Client, bounds: Bounds): Refusal | undefined => faultsOf(client, bounds)[0]

/**
 * Of a change, all that it touches. What was wrong before, because the rules came later, stays until somebody mends it: or
 * nothing else could be changed of an older client, on the day on which it has to be.
 */
export function judgeChange(before: Client, after: Client, bounds: Bounds): Refusal | undefined {
  const touched = rules.filter((one) => isTouched(one, before, after))
  return touched.flatMap((one) => one.fault(after, bounds, before) ?? [])[0]
}
