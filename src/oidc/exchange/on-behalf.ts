import { type EngineContext, errors, type Provider, type Token } from 'oidc-provider'
import type { EventWriter } from '../../audit/writer.ts'
import type { Clock } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { AccessTokens, ValidToken } from '../access-token.ts'
import type { Api } from '../apis/api.ts'
import { ownScopes } from '../claims.ts'
import { type Client, isConfidential } from '../clients/client.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { GrantTags } from '../grant-tags.ts'
import type { Known } from '../known.ts'
import type { ResourceServerOf } from '../resources.ts'
import { byIn, programAs } from '../unit/by.ts'
import { currentUnit } from '../unit/units.ts'
import { type Acting, chainOf, isListed, LONGEST_CHAIN } from './acting.ts'
import { ACCESS_TOKEN_TYPE } from './token-types.ts'

export interface OnBehalfDeps {
  readonly tokens: AccessTokens
  readonly tags: Pick<GrantTags, 'grantIn'>
  readonly apis: Known<Api>
  readonly resourceServerOf: ResourceServerOf
  readonly events: EventWriter
  readonly clock: Clock
}

type Params = Readonly<Record<string, unknown>>

/** Of a person: one that a program has in its own name is nobody's to hand on. */
interface PersonsToken extends ValidToken {
  readonly person: NonNullable<ValidToken['person']>
}

/** RFC 8693 §2.2.2: whatever is wrong with the token that was shown, it is the request that is not valid. */
const refused = (description: string) => new errors.InvalidRequest(description)

/**
 * A back end that was called in the name of a person calls the next one in their name: with a token for that one alone,
 * worth no more and living no longer than the one it was called with. Who acts stands in it.
 */
export async function exchangeOnBehalf(provider: Provider, deps: OnBehalfDeps, ctx: EngineContext): Promise<void> {
  const { client, params = {}, body = {} } = ctx.oidc
  if (!client) throw new Error('the engine asks for a token for nobody')
  const holder = recordOf(client)
  if (!isConfidential(holder)) throw refused('only a client that proves who it is exchanges tokens')
  if (params['actor_token'] !== undefined || params['actor_token_type'] !== undefined)
    throw refused('actor_token is not supported: the actor is the client that asks')
  if (body['organization'] !== undefined) throw refused('the token stays with the organization of the subject_token')
  const { api, allowed } = await targetOf(deps, holder, params)
  const subject = await subjectIn(deps, holder, params)
  const { claims, person } = subject
  const act: Acting = { sub: holder.id, ...(claims.act && { act: claims.act }) }
  if (chainOf(act).length > LONGEST_CHAIN) throw refused('the token was handed on too often')

  const scope = scopesFor(subject, api, allowed, params['scope'])
  const token = new provider.AccessToken({ accountId: person.id, client, scope })
  token.resourceServer = new provider.ResourceServer(api.audience, deps.resourceServerOf(api, holder.accessTokenTtl))
  const now = Math.floor(deps.clock.now().getTime() / 1000)
  token.expiresIn = Math.max(1, Math.min(token.expiration, claims.exp - now))
  // Counted from here: a second that passes until the engine writes it would be one more than the other has.
  Object.assign(token, { iat: now, exp: now + token.expiresIn })
  bind(token, holder, subject)

  const unit = currentUnit()
  unit.organisation = claims.org_id
  unit.onBehalf = {
    act,
    origin: claims.origin_client_id ?? claims.client_id,
    cameOf: deps.tags.grantIn(claims.jti),
    byConsent: claims.org_id !== undefined && claims.roles === undefined,
    most: new Set([...subject.scopes, ...(claims.permissions ?? [])].filter((name) => !ownScopes.has(name))),
    source: {
      accountId: person.id,
      ...(person.session !== undefined && { sid: person.session }),
      ...(claims.auth_time !== undefined && { authTime: claims.auth_time }),
      ...(claims.acr !== undefined && { acr: claims.acr }),
      ...(claims.amr !== undefined && { amr: claims.amr }),
    },
  }
  const by = byIn(unit, programAs(holder), person.session)
  const told = { client: holder.id, from: claims.aud, to: api.audience, organisation: claims.org_id ?? null }
  unit.write((tx) =>
    deps.events.recordEvent(tx, by, { action: 'token.exchanged', target: person.id, after: { public: told } }),
  )
  ctx.body = {
    access_token: await token.save(),
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: 'Bearer',
    expires_in: token.expiration,
    scope: token.scope,
  }
}

async function targetOf({ apis }: OnBehalfDeps, holder: Client, params: Params) {
  const { resource, audience = resource, requested_token_type: wanted = ACCESS_TOKEN_TYPE } = params
  if (wanted !== ACCESS_TOKEN_TYPE) throw refused(`requested_token_type must be ${ACCESS_TOKEN_TYPE}`)
  if (typeof audience !== 'string') throw refused('name the API that the token is for by `resource`')
  if (resource !== undefined && resource !== audience)
    throw new errors.InvalidTarget('resource and audience name two APIs, and a token is for one')
  const granted = isListed(holder, audience) ? holder.apis.find((one) => one.audience === audience) : undefined
  const api = granted && (await apis.find(audience))
  // The same for an API that there is not: nobody finds out which there are.
  if (!granted || !api) throw new errors.InvalidTarget('this client gets no token for the resource on behalf of people')
  return { api, allowed: granted.scopes ?? api.scopes }
}

async function subjectIn({ tokens }: OnBehalfDeps, holder: Client, params: Params): Promise<PersonsToken> {
  const { subject_token: presented, subject_token_type: type } = params
  if (type !== ACCESS_TOKEN_TYPE) throw refused(`subject_token_type must be ${ACCESS_TOKEN_TYPE}`)
  const subject = typeof presented === 'string' ? await tokens.verify(presented) : undefined
  // Why does not concern whoever asks: it may have ended, or never have been any of their business.
  if (!subject?.person || !isTheirs(holder, subject))
    throw refused('the subject_token does not count, or is not for this client')
  return { ...subject, person: subject.person }
}

/** A token that was sent to somebody else's API was never this client's to show. */
const isTheirs = (holder: Client, { claims }: ValidToken): boolean =>
  claims.client_id === holder.id || holder.apis.some(({ audience }) => audience === claims.aud)

/**
 * By name: what the person let the application do there is the most that may be done here. A name of ours is not one: whose address
 * may be read (`email`) has let nobody send mail, whatever an older API calls that.
 */
function scopesFor(subject: ValidToken, api: Api, allowed: readonly string[], wanted: unknown): string | undefined {
  const may = api.scopes.filter(
    (scope) => subject.scopes.has(scope) && allowed.includes(scope) && !ownScopes.has(scope),
  )
  if (typeof wanted !== 'string') return may.join(' ') || undefined
  const asked = wanted.split(' ').filter(Boolean)
  if (asked.some((scope) => !may.includes(scope)))
    throw new errors.InvalidScope('the subject_token and the client have no such scope at this API', wanted)
  return asked.join(' ') || undefined
}

/**
 * Whoever stole a bound token must not get one that is not: it is exchanged by nobody but who holds the key, and the next is
 * bound to the same. A key in a certificate is seen in every request; one of DPoP is another party's wherever a token is
 * handed on, so that there is nothing to bind to.
 */
function bind(token: Token, { tokenBinding }: Client, { claims: { cnf } }: ValidToken): void {
  if (cnf?.jkt !== undefined) throw refused('a token that is bound to a key by DPoP is not exchanged')
  if (tokenBinding === 'dpop')
    throw refused('a client whose tokens are bound by DPoP is given none on behalf of people')
  const bound = cnf?.['x5t#S256']
  if (bound === undefined && tokenBinding !== 'mtls') return
  const { certificate } = currentUnit().exchange.clientCertificate ?? {}
  if (!certificate) throw refused('the token is bound to a certificate, and none was shown')
  if (bound !== undefined && sha256(certificate.raw).toString('base64url') !== bound)
    throw refused('the subject_token is bound to another certificate')
  token.setThumbprint('x5t', certificate)
}
