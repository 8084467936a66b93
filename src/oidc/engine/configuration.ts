import type { Adapter, EngineClient, EngineContext, ErrorOut, Session, Token } from 'oidc-provider'
import type { Config } from '../../config/config.ts'
import { levels } from '../../factors/level.ts'
import type { KeySnapshot } from '../../keyring/signing/key-set.ts'
import { nameGrantInTokenId } from '../backing.ts'
import { claimsByScope } from '../claims.ts'
import type { OrganisationChecks } from '../organisations/prompts.ts'
import { prompts } from '../prompts.ts'
import type { CookieSigner } from './cookie-signer.ts'
import { EngineSigningKey } from './signing-key.ts'

const seconds = (ms: number): number => Math.max(1, Math.floor(ms / 1000))
const HOUR = 3600

export interface EngineSetup {
  readonly config: Pick<Config, 'server' | 'tokens'>
  readonly keys: KeySnapshot
  readonly cookieSigner: CookieSigner
  readonly adapter: (name: string) => Adapter
  readonly resourceIndicators: Readonly<Record<string, unknown>>
  readonly findAccount: (ctx: EngineContext, id: string) => Promise<unknown>
  readonly loadExistingGrant: (ctx: EngineContext) => Promise<unknown>
  /** Whether a refresh token has somebody behind it who may use it. */
  readonly counts: (token: Token) => Promise<boolean>
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
  revocation: '/oauth/revoke',
  end_session: '/oauth/logout',
} as const

/** Every choice that the engine leaves to us, in one place. What is not named here is the engine's default on purpose. */
export function engineConfiguration(setup: EngineSetup): Record<string, unknown> {
  const { config, keys } = setup
  const { tokens } = config
  return {
    adapter: setup.adapter,
    jwks: { keys: engineKeys(keys) },
    routes,
    cookies: cookiesOf(config.server.issuerUrl, setup.cookieSigner),
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: keys.active.algorithm,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    // `none` is for the pages of our own: a session, and nothing handed out.
    responseTypes: ['code', 'none'],
    pkce: { required: () => true },
    scopes: [...Object.keys(claimsByScope), 'offline_access'],
    acrValues: [...levels],
    claims: { iss: null, sid: null, ...claimsByScope, openid: ['sub', 'auth_time', 'acr', 'amr', 'org_id', 'org'] },
    subjectTypes: ['public'],
    discovery: { claim_types_supported: ['normal'], ui_locales_supported: ['en', 'de'] },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_: EngineContext, client: EngineClient, token: Token) =>
          token.clientId === client.clientId && setup.counts(token),
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
    extraParams: ['organization'],
    extraTokenClaims: setup.extraTokenClaims,
    formats: { customizers: { jwt: customizeJwt } },
    findAccount: setup.findAccount,
    loadExistingGrant: setup.loadExistingGrant,
    interactions: {
      policy: prompts(setup.organisationChecks, setup.strongEnough),
      url: (_: EngineContext, interaction: { readonly uid: string }) => `/login/${interaction.uid}`,
    },
    renderError: setup.renderError,
    clientBasedCORS: (_: EngineContext, origin: string, client: EngineClient) =>
      client.clientAuthMethod === 'none' && client.redirectUris.some((uri) => originOf(uri) === origin),
    // Without offline_access a refresh token ends with the session it came of; with it, it outlives it.
    issueRefreshToken: async (_: EngineContext, client: EngineClient) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async (_: EngineContext, token: Token) => !token.scopes.has('offline_access'),
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    ttl: {
      AccessToken: (_: EngineContext, token: Token) =>
        token.resourceServer?.accessTokenTTL ?? seconds(tokens.accessToken),
      ClientCredentials: (_: EngineContext, token: Token) =>
        token.resourceServer?.accessTokenTTL ?? seconds(tokens.accessToken),
      AuthorizationCode: seconds(tokens.authorizationCode),
      IdToken: seconds(tokens.idToken),
      RefreshToken: seconds(tokens.refreshToken),
      Interaction: seconds(tokens.interaction),
      // A refresh token keeps its grant for as long as itself.
      Grant: seconds(tokens.session),
      // Nobody is signed in to one without an account: it holds a form's token at most.
      Session: (_: EngineContext, session: Session) => (session.accountId ? seconds(tokens.session) : HOUR),
    },
  }
}

type Customize = typeof nameGrantInTokenId

const customizeJwt: Customize = (ctx, token, parts) => {
  nameGrantInTokenId(ctx, token, parts)
  // What the roles left of it: the engine has taken the scope down before they were asked.
  parts.payload['scope'] = token.scope
}

/** The instance's first: where the engine names no key it takes the first that fits. */
const engineKeys = ({ active, published, apis }: KeySnapshot): EngineSigningKey[] => [
  ...published.map((key) => new EngineSigningKey(key, key.kid === active.kid ? ['sign', 'verify'] : ['verify'])),
  ...[...apis.values()].map((keys) => new EngineSigningKey(keys.active, ['sign'])),
]

const originOf = (uri: string): string | undefined => (URL.canParse(uri) ? new URL(uri).origin : undefined)

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
