import { rule } from './rule.ts'

/** What this server does not see it cannot go by: such an application would be registered, and refused at each request. */
export const certificateRule = rule(
  ['authMethod', 'tokenBinding'],
  ({ authMethod, tokenBinding }, { certificates }) => {
    const needed = authMethod === 'self_signed_tls_client_auth' || tokenBinding === 'mtls'
    if ((needed || authMethod === 'tls_client_auth') && !certificates.read) return { reason: 'certificates-unread' }
    return authMethod === 'tls_client_auth' && !certificates.verified
      ? { reason: 'certificates-unverified' }
      : undefined
  },
)
