import type { EngineContext, Grant, Provider } from 'oidc-provider'
import { type Agreed, beyond, covers, isNothing } from '../consents/agreed.ts'
import { AppError } from '../errors/app-error.ts'
import { defineId } from '../lib/ids.ts'
import { mustBeAsKnown } from './clients/as-known.ts'
import { isBuiltIn } from './clients/built-in.ts'
import { BARE, wordsIn } from './consent/bare.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { OwnConsents } from './ports.ts'
import { currentUnit } from './unit/units.ts'

const userId = defineId('usr')

interface GrantsDeps {
  readonly provider: () => Provider
  readonly consents: Pick<OwnConsents, 'of' | 'stillCovers'>
}

/**
 * What the person has agreed to. A client of ours is not asked for: it gets what it asks, as a grant like any other, which
 * a replay or a sign-out revokes. For any other the grant of a session is made of what they agreed to before, in whichever
 * session, and of as much of it as is asked for now: what outlives a session (`offline_access`) is never given along.
 */
export const loadExistingGrant =
  ({ provider, consents }: GrantsDeps) =>
  async ({ oidc }: EngineContext): Promise<Grant | undefined> => {
    const { client, session, result } = oidc
    const user = session?.accountId
    if (!client || !session || !user || !userId.is(user)) return undefined
    const { Grant } = provider()
    const { clientId } = client
    const make = () => new Grant({ clientId, accountId: user })
    const grantId = result?.consent?.grantId ?? session.grantIdFor(clientId)
    const found = grantId === undefined ? undefined : await Grant.find(grantId)
    const grant = found?.accountId === user && found.clientId === clientId ? found : undefined
    const record = recordOf(client)
    const { firstParty } = record
    const unit = currentUnit()
    const asked = askedIn(oidc, (audience) => !firstParty && audience !== provider().issuer)
    if (firstParty) {
      const own = grant ?? make()
      // What is there already would have been ended with the change.
      if (!isNothing(addTo(own, asked)) || !grant) mustBeAsKnown(unit, record)
      // What hands nothing out needs nothing kept.
      if (!isBuiltIn(clientId)) await own.save()
      return own
    }
    const agreed = await consents.of(await unit.reader(), user, clientId)
    // It may hold more than was ever agreed to: of an application that was ours, and is no longer.
    const own = grant && covers(agreed, contentOf(grant)) ? grant : undefined
    const isAskedAnew = oidc.prompts.has('consent') && result?.consent === undefined
    if (isAskedAnew || !covers(agreed, asked) || (own && covers(contentOf(own), asked))) return own
    const widened = own ?? make()
    addTo(widened, asked)
    mustBeAsKnown(unit, record)
    // Behind the session and in front of the grant, as for whoever agrees on the page: or two would wait for one another.
    unit.write(async (tx) => {
      // Taken back meanwhile: what would be written now had nobody to end it.
      if (!(await consents.stillCovers(tx, user, clientId, asked))) throw new AppError('interaction-gone')
    })
    await widened.save()
    return widened
  }

/** Says nothing of the person that every sign-in does not say; the engine asks nobody for these. */
const neverAsked: readonly string[] = ['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']

/** `alsoBare`: which APIs are asked for with no scope of theirs, too. For a token for us that says nothing of the person. */
function askedIn(oidc: EngineContext['oidc'], alsoBare: (audience: string) => boolean): Agreed {
  const scopes = [...oidc.requestParamScopes]
  return {
    scopes: [...oidc.requestParamOIDCScopes],
    claims: [...oidc.requestParamClaims].filter((claim) => !neverAsked.includes(claim)),
    resources: Object.fromEntries(
      Object.entries(oidc.resourceServers)
        .map(([audience, { scopes: known }]) => [audience, scopes.filter((scope) => known.has(scope))] as const)
        .filter(([audience, found]) => found.length > 0 || alsoBare(audience)),
    ),
  }
}

export const contentOf = (grant: Grant): Agreed => ({
  scopes: wordsIn(grant.getOIDCScope()),
  claims: grant.getOIDCClaims().filter((claim) => !neverAsked.includes(claim)),
  resources: Object.fromEntries(
    Object.entries(grant.resources ?? {}).map(([audience, scopes]) => [audience, wordsIn(scopes)]),
  ),
})

/** Answers what was not in it before. */
export function addTo(grant: Grant, asked: Agreed): Agreed {
  const more = beyond(asked, contentOf(grant))
  if (more.scopes.length > 0) grant.addOIDCScope(more.scopes.join(' '))
  if (more.claims.length > 0) grant.addOIDCClaims(more.claims)
  for (const [audience, scopes] of Object.entries(more.resources))
    grant.addResourceScope(audience, scopes.length > 0 ? scopes.join(' ') : BARE)
  return more
}
