import type { EngineContext, Grant, Provider } from 'oidc-provider'
import { isBuiltIn } from './clients/built-in.ts'
import { recordOf } from './engine/engine-clients.ts'

/**
 * What the person has agreed to. A client of ours is not asked for: it gets what it asks, as a grant like any other, which
 * a replay or a sign-out revokes.
 */
export const loadExistingGrant =
  (provider: () => Provider) =>
  async ({ oidc }: EngineContext): Promise<Grant | undefined> => {
    const { client, session, result } = oidc
    if (!client || !session?.accountId) return undefined
    const { Grant } = provider()
    const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
    const found = grantId === undefined ? undefined : await Grant.find(grantId)
    const grant = found?.accountId === session.accountId ? found : undefined
    if (!recordOf(client).firstParty) return grant
    const own = grant ?? new Grant({ clientId: client.clientId, accountId: session.accountId })
    grantWhatIsAsked(own, oidc)
    // What hands nothing out needs nothing kept.
    if (!isBuiltIn(client.clientId)) await own.save()
    return own
  }

function grantWhatIsAsked(grant: Grant, oidc: EngineContext['oidc']): void {
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  grant.addOIDCClaims([...oidc.requestParamClaims])
  for (const [resource, { scopes }] of Object.entries(oidc.resourceServers)) {
    const asked = [...oidc.requestParamScopes].filter((scope) => scopes.has(scope))
    if (asked.length > 0) grant.addResourceScope(resource, asked.join(' '))
  }
}
