import { writeDuration } from '../../config/values/quantity.ts'
import type { Policy } from './policy.ts'

const mfaWords = {
  off: 'nobody is asked for a second factor by it',
  optional: 'whoever has a second factor uses it',
  required: 'everybody uses two factors',
  'phishing-resistant': 'everybody uses a passkey',
} as const

/** What a policy asks for, a sentence for each; none where it asks for nothing. */
export function policyInWords({ mfa, factors, grace, sessionMaxAge, ipRanges, membersFrom }: Policy): string[] {
  return [
    ...(mfa ? [`mfa: ${mfaWords[mfa]}`] : []),
    ...(factors ? [`factors: of second factors, ${factors.join(', ') || 'none'} count`] : []),
    ...(grace === undefined
      ? []
      : [`grace: whoever has no second factor may put it off for ${writeDuration(grace * 1000)}`]),
    ...(sessionMaxAge === undefined
      ? []
      : [`sessionMaxAge: whoever signed in more than ${writeDuration(sessionMaxAge * 1000)} ago signs in again`]),
    ...(ipRanges && ipRanges.length > 0 ? [`ipRanges: only from ${ipRanges.join(', ')}`] : []),
    ...(membersFrom === 'verified-domains'
      ? ['membersFrom: only people with a verified address in a verified domain join']
      : membersFrom === 'anywhere'
        ? ['membersFrom: people with any address may be invited']
        : []),
  ]
}
