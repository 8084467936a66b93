import type { Adapter, EngineClient, EngineContext, ErrorOut, Token } from 'oidc-provider'
import type { Config } from '../../config/config.ts'
import { levels } from '../../factors/level.ts'
import type { KeySnapshot } from '../../keyring/signing/key-set.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Api } from '../apis/api.ts'
import { asReadBy } from '../apis/claim-names.ts'
import { nameGrantInTokenId } from '../backing.ts'
import { type CertificateUse, certificateAuthMethods, certificatesFor } from '../certificates/engine-certificates.ts'
import { claimsByScope } from '../claims.ts'
import { assertClaimsWeHave } from '../claims-parameter.ts'
import { type Client, isConfidential } from '../clients/client.ts'
import { mayCallFrom } from '../clients/origins.ts'
import { DEVICE_AUTHORIZATION_PATH, DEVICE_PATH } from '../device/paths.ts'
import type { GrantTags } from '../grant-tags.ts'
import type { IncomingJwts } from '../incoming/incoming-jwts.ts'
import { ACCEPTED_ALGORITHMS } from '../incoming/jwt-shape.ts'
import type { OrganisationChecks } from '../organisations/prompts.ts'
import { prompts } from '../prompts.ts'
import type { Subjects } from '../subjects.ts'
import { currentUnit } from '../unit/units.ts'
import type { CookieSigner } from './cookie-signer.ts'
import { recordOf } from './engine-clients.ts'
import type { EngineFetch } from './key-fetch.ts'
import { pairwiseIdentifier } from './names-outside.ts'
import { EngineSigningKey } from './signing-key.ts'
import { engineTtl } from './ttl.ts'

/** Time to find another device and to sign in there. */
const DEVICE_CODE_SECONDS = 600

export interface EngineSetup {
  readonly config: Pick<Config, 'server' | 'tokens' | 'sessions'>
  readonly keys: KeySnapshot
  readonly subjects: Subjects
  readonly incoming: IncomingJwts
  readonly certificates: CertificateUse
  /** Of the nonces in proofs of a key. */
  readonly nonceSecret: Secret<Buffer>
  /** For the keys of applications. */
  readonly fetch: EngineFetch
  readonly clock: Clock
  readonly cookieSigner: CookieSigner
  readonly adapter: (name: string) => Adapter
  readonly resourceIndicators: Readonly<Record<string, unknown>>
  readonly deviceFlow: object
  readonly tags: GrantTags
  /** By the audience of a token. */
  readonly apiOf: (audience: string) => Promise<Api | undefined>
  readonly findAccount: (ctx: EngineContext, id: string) => Promise<unknown>
  readonly loadExistingGrant: (ctx: EngineContext) => Promise<unknown>
  readonly extraTokenClaims: (ctx: EngineContext, token: Token) => Promise<Record<string, unknown> | undefined>
  readonly organisationChecks: OrganisationChecks
  readonly strongEnough: OrganisationChecks['signInAgain']
  readonly renderError: (ctx: EngineContext, out: ErrorOut, error: unknown) => Promise<void>
  readonly logoutSource: (ctx: EngineContext) => Promise<void>
  readonly postLogoutSuccessSource: (ctx: EngineContext) => Promise<void>
}

export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  userinfo: '/oauth/userinfo',
  introspection: '/oauth/introspect',
  pushed_authorization_request: '/oauth/par',
  revocation: '/oauth/revoke',
  end_session: '/oauth/logout',
  device_authorization: DEVICE_AUTHORIZATION_PATH,
  code_verification: DEVICE_PATH,
} as const

/** Every choice that the engine leaves to us, in one place. What is not named here is the engine's default on purpose. */
export function engineConfiguration(setup: EngineSetup): Record<string, unknown> {
  const { config, keys } = setup
  return {
    adapter: setup.adapter,
    jwks: { keys: engineKeys(keys) },
    routes,
    cookies: cookiesOf(config.server.issuerUrl, setup.cookieSigner),
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: keys.active.algorithm,
      introspection_signed_response_alg: keys.active.algorithm,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    clientAuthMethods: [
      ...['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      ...certificateAuthMethods(setup.certificates),
    ],
    assertJwtClientAuthClaimsAndHeader: setup.incoming.assertClientAssertion,
    enabledJWA: {
      // Its own keys sign for an API alone: what they sign with says nothing of ID tokens.
      idTokenSigningAlgValues: ofInstance(keys),
      introspectionSigningAlgValues: ofInstance(keys),
      clientAuthSigningAlgValues: [...ACCEPTED_ALGORITHMS],
      requestObjectSigningAlgValues: [...ACCEPTED_ALGORITHMS],
      dPoPSigningAlgValues: [...ACCEPTED_ALGORITHMS],
    },
    fetch: setup.fetch,
    // `none` is for the pages of our own: a session, and nothing handed out.
    responseTypes: ['code', 'none'],
    // Threat 9: the engine knows no `plain`, and refuses a verifier without a challenge as it does the reverse.
    pkce: { required: (_: EngineContext, client: EngineClient) => needsPkce(recordOf(client)) },
    scopes: [...Object.keys(claimsByScope), 'offline_access'],
    acrValues: [...levels],
    claims: { iss: null, sid: null, ...claimsByScope, openid: ['sub', 'auth_time', 'acr', 'amr', 'org_id', 'org'] },
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: pairwiseIdentifier(setup.subjects),
    discovery: { claim_types_supported: ['normal'], ui_locales_supported: ['en', 'de'] },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: setup.nonceSecret.reveal(), requireNonce: setup.incoming.requiresNonce },
      mTLS: certificatesFor(setup.certificates, setup.clock),
      pushedAuthorizationRequests: { enabled: true },
      // By value alone: what `request_uri` names is fetched from nowhere, it was pushed to us.
      requestObjects: { enabled: true, assertJwtClaimsAndHeader: setup.incoming.assertRequestObject },
      claimsParameter: { enabled: true, assertClaimsParameter: assertClaimsWeHave },
      // What is signed is our answer; the engine lends the key.
      jwtIntrospection: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: setup.deviceFlow,
      introspection: {
        enabled: true,
        // The engine proves who asks; what is asked about is looked at by us.
        allowedPolicy: async () => false,
      },
      revocation: {
        enabled: true,
        allowedPolicy: async (_: EngineContext, client: EngineClient, token: Token) =>
          token.clientId === client.clientId,
      },
      resourceIndicators: setup.resourceIndicators,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: setup.logoutSource,
        postLogoutSuccessSource: setup.postLogoutSuccessSource,
      },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    },
    // Our access tokens have an audience of their own: what a client may know of a person stands in the ID token.
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    clockTolerance: 0,
    extraParams: { organization: setup.incoming.useUpRequestObject },
    extraTokenClaims: setup.extraTokenClaims,
    formats: { customizers: { jwt: customizeJwt(setup.apiOf, nameGrantInTokenId(setup.tags)) } },
    findAccount: setup.findAccount,
    loadExistingGrant: setup.loadExistingGrant,
    interactions: {
      policy: prompts(setup.organisationChecks, setup.strongEnough),
      url: (_: EngineContext, interaction: { readonly uid: string }) => `/login/${interaction.uid}`,
    },
    renderError: setup.renderError,
    clientBasedCORS: (_: EngineContext, origin: string, client: EngineClient) => mayCallFrom(recordOf(client), origin),
    // Without offline_access a refresh token ends with the session it came of; with it, it outlives it.
    issueRefreshToken: async (_: EngineContext, client: EngineClient) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async (_: EngineContext, token: Token) => !token.scopes.has('offline_access'),
    rotateRefreshToken: () => currentUnit().rotation?.use !== 'again',
    revokeGrantPolicy: () => true,
    ttl: { ...engineTtl(config, setup.clock), DeviceCode: DEVICE_CODE_SECONDS },
  }
}

/** What keeps no secret is never let off: a stolen code alone would be enough. */
const needsPkce = (client: Client): boolean => client.pkce === 'required' || !isConfidential(client)

const ofInstance = ({ published }: KeySnapshot): string[] => [...new Set(published.map(({ algorithm }) => algorithm))]

interface JwtParts {
  payload: Record<string, unknown>
}

const customizeJwt =
  (apiOf: EngineSetup['apiOf'], nameGrant: ReturnType<typeof nameGrantInTokenId>) =>
  async (ctx: EngineContext, token: Token, parts: JwtParts): Promise<void> => {
    nameGrant(ctx, token, parts)
    // What the roles left of it: the engine has taken the scope down before they were asked.
    parts.payload['scope'] = token.scope
    const audience = token.resourceServer?.audience
    const api = audience === undefined ? undefined : await apiOf(audience)
    if (api) parts.payload = asReadBy(api, parts.payload)
  }

/** The instance's first: where the engine names no key it takes the first that fits. */
const engineKeys = ({ active, published, apis }: KeySnapshot): EngineSigningKey[] => [
  ...published.map((key) => new EngineSigningKey(key, key.kid === active.kid ? ['sign', 'verify'] : ['verify'])),
  ...[...apis.values()].map((keys) => new EngineSigningKey(keys.active, ['sign'])),
]

/**
 * Either prefix makes the browser refuse what a plain-http answer planted; `__Host-` alone what a sibling subdomain did.
 * The two with a narrower path than `/` can have `__Secure-` only: a hostile sibling cannot make one up, for they are
 * signed, but it can plant one that it was given itself. Plain http has neither prefix.
 */
export function cookieNames(issuerUrl: string) {
  const https = issuerUrl.startsWith('https:')
  return {
    session: https ? '__Host-session' : 'session',
    interaction: https ? '__Secure-interaction' : 'interaction',
    resume: https ? '__Secure-resume' : 'resume',
  }
}

function cookiesOf(issuerUrl: string, keys: CookieSigner) {
  const options = { httpOnly: true, sameSite: 'lax', signed: true } as const
  return { keys, names: cookieNames(issuerUrl), long: { ...options, path: '/' }, short: options }
}
