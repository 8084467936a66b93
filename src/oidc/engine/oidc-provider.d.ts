/** The engine ships no types. Only what this room uses is said here, and no more is used than is said. */
declare module 'oidc-provider' {
  import type { KeyObject, X509Certificate } from 'node:crypto'
  import type { EventEmitter } from 'node:events'
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface AdapterPayload {
    readonly exp?: number
    readonly kind?: string
    readonly jti?: string
    readonly uid?: string
    readonly grantId?: string
    readonly accountId?: string
    readonly clientId?: string
    readonly consumed?: number | true
    readonly result?: InteractionResult
    readonly [field: string]: unknown
  }

  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void>
    find(id: string): Promise<AdapterPayload | undefined>
    findByUid(uid: string): Promise<AdapterPayload | undefined>
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>
    consume(id: string): Promise<void>
    destroy(id: string): Promise<void>
    revokeByGrantId(grantId: string): Promise<void>
  }

  export interface EngineClient {
    readonly clientId: string
    readonly clientName?: string
    readonly applicationType: 'web' | 'native'
    readonly clientAuthMethod: string
    readonly redirectUris: readonly string[]
    readonly postLogoutRedirectUris?: readonly string[]
    /** Its public keys, by value or from where it keeps them. */
    readonly asymmetricKeyStore: {
      readonly jwksUri: string | undefined
      /** Seconds since 1970. */
      readonly freshUntil?: number
      clear(): void
      selectForVerify(wanted: unknown): unknown
    }
    grantTypeAllowed(type: string): boolean
  }

  export interface ClientClass {
    new (metadata: Readonly<Record<string, unknown>>): EngineClient
    readonly prototype: EngineClient & {
      compareClientSecret(this: EngineClient, actual: string): boolean | Promise<boolean>
      includeSid(this: EngineClient): boolean
      redirectUriAllowed(this: EngineClient, value: string): boolean
      postLogoutRedirectUriAllowed(this: EngineClient, value: string): boolean
      responseModeAllowed(
        this: EngineClient,
        mode: string | undefined,
        type: string | undefined,
        profile: unknown,
      ): boolean
    }
    find(id: unknown): Promise<EngineClient | undefined>
  }

  export interface Grant {
    readonly jti: string | undefined
    readonly accountId: string
    readonly clientId: string
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: readonly string[]): void
    addResourceScope(resource: string, scope: string): void
    getOIDCScope(): string
    getOIDCClaims(): readonly string[]
    /** Audience → scopes, as one text. */
    readonly resources?: Readonly<Record<string, string>>
    save(): Promise<string>
  }

  export interface GrantClass {
    new (input: { readonly clientId: string; readonly accountId: string }): Grant
    find(id: string): Promise<Grant | undefined>
  }

  export interface Session {
    readonly uid: string
    readonly accountId?: string
    readonly loginTs?: number
    readonly acr?: string
    readonly amr?: readonly string[]
    /** Ours: the id of the session's row, kept by the engine because `IN_PAYLOAD` names it. */
    hearthkeySession?: string
    readonly state?: { readonly secret: string; readonly clientId?: string }
    authorizations?: Readonly<Record<string, { readonly sid?: string; readonly grantId?: string }>>
    grantIdFor(clientId: string): string | undefined
    sidFor(clientId: string, value?: string): string | undefined
    ensureClientContainer(clientId: string): void
    destroy(): Promise<void>
  }

  export interface SessionClass {
    /** Ours to replace: without a payload, nothing is kept of it unless something is put in. */
    instantiate(payload?: object): Session
    readonly IN_PAYLOAD: readonly string[]
    readonly prototype: Session
    /** By the browser's cookie; without one, a new and empty session that nothing keeps. */
    get(ctx: { readonly req: IncomingMessage; readonly res: ServerResponse }): Promise<Session>
  }

  export interface Interaction {
    /** Where a device asks. */
    readonly deviceCode?: string
    readonly uid: string
    readonly exp: number
    readonly returnTo: string
    readonly prompt: {
      readonly name: string
      readonly reasons: readonly string[]
      readonly details: Readonly<Record<string, unknown>>
    }
    readonly params: Readonly<Record<string, unknown>>
    readonly session?: { readonly accountId: string; readonly uid?: string }
    readonly grantId?: string
    result?: InteractionResult
    /** What was answered before this was asked. */
    readonly lastSubmission?: InteractionResult
    /** Saved for as long as it had left. */
    persist(): Promise<unknown>
  }

  export interface InteractionResult {
    readonly login?: {
      readonly accountId: string
      readonly amr: readonly string[]
      readonly acr: string
      readonly ts: number
      readonly session: string
    }
    readonly consent?: { readonly grantId: string }
    readonly organization?: { readonly id: string }
    readonly error?: string
    readonly error_description?: string
  }

  export interface ResourceServer {
    readonly scope: string
    readonly audience?: string
    readonly accessTokenTTL?: number
    readonly accessTokenFormat: 'jwt' | 'opaque'
    readonly jwt?: { readonly sign: { readonly alg: string; readonly kid: string } }
  }

  /** A code, a refresh token or an access token. */
  export interface Token {
    readonly kind: string
    readonly grantId?: string
    readonly accountId?: string
    readonly clientId?: string
    /** Ours to narrow until the token is signed: the answer says what became of it. */
    scope?: string | undefined
    readonly scopes: ReadonlySet<string>
    readonly sid?: string
    /** It was given without offline access. */
    readonly expiresWithSession?: boolean
    /** As the request asked for them. */
    readonly claims?: unknown
    readonly acr?: string
    readonly amr?: readonly string[]
    readonly authTime?: number
    resourceServer?: ResourceServer
    /** Seconds. */
    expiresIn: number
    readonly expiration: number
    /** Binds it to the key in a certificate. */
    setThumbprint(kind: 'x5t', certificate: X509Certificate): void
    save(): Promise<string>
  }

  export interface DeviceCode extends Token {
    readonly userCode?: string
    readonly deviceInfo?: unknown
    readonly isExpired: boolean
  }

  export interface TokenClass {
    new (input: {
      readonly accountId: string
      readonly client: EngineClient
      readonly scope: string | undefined
    }): Token
  }

  interface Finds {
    find(value: string, options?: Readonly<Record<string, unknown>>): Promise<unknown>
  }

  /** An ID token, and whatever else is signed for a client alone. */
  export interface IdToken {
    readonly client: EngineClient
    extra: Record<string, unknown>
    payload(): Promise<Record<string, unknown>>
    issue(options: { readonly use: 'idtoken' | 'introspection' }): Promise<string>
  }

  export interface IdTokenClass {
    new (available: Readonly<Record<string, unknown>>, options: { readonly ctx: EngineContext }): IdToken
    readonly prototype: IdToken
    /** Of a hint that a client sends back. */
    validate(jwt: string, client: EngineClient): Promise<unknown>
  }

  export interface OidcContext {
    readonly route: string
    readonly client?: EngineClient
    readonly session?: Session
    /** Of the session, once it was looked for: what it holds, or nothing yet. */
    readonly grant?: Grant
    readonly provider: Pick<Provider, 'issuer'>
    readonly params?: Readonly<Record<string, unknown>>
    /** The form as it came, where one did. */
    readonly body?: Readonly<Record<string, unknown>>
    readonly result?: InteractionResult
    readonly prompts: ReadonlySet<string>
    /** Asked for, and not answered yet. */
    promptPending(name: string): boolean
    readonly entities: {
      readonly Interaction?: Interaction
      readonly AuthorizationCode?: Token
      readonly RefreshToken?: Token
      readonly PushedAuthorizationRequest?: unknown
      readonly DeviceCode?: Token
      readonly Client?: EngineClient
    }
    readonly requestParamOIDCScopes: ReadonlySet<string>
    readonly requestParamScopes: ReadonlySet<string>
    readonly requestParamClaims: ReadonlySet<string>
    readonly resourceServers: Readonly<Record<string, { readonly scopes: ReadonlySet<string> }>>
    urlFor(name: string): string
  }

  /** Around the engine's own routes: where none matched there is no `oidc`. */
  export interface MiddlewareContext extends Omit<EngineContext, 'oidc'> {
    readonly oidc?: OidcContext
  }

  export interface EngineContext {
    readonly oidc: OidcContext
    readonly req: IncomingMessage
    readonly res: ServerResponse
    readonly method: string
    readonly path: string
    status: number
    body: unknown
    type: string
    /** False: somebody else answers. */
    respond?: boolean
    readonly response: { get(header: string): string }
    set(header: string, value: string): void
  }

  export interface Account {
    readonly accountId: string
    claims(use: string, scope: string): Promise<Readonly<Record<string, unknown>> & { readonly sub: string }>
  }

  export interface ErrorOut {
    readonly error: string
    readonly error_description?: string
  }

  /** Sends the browser back to the client with the parameters. */
  export type ResponseMode = (
    ctx: EngineContext,
    redirectUri: string,
    parameters: Readonly<Record<string, unknown>>,
  ) => unknown

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    /** Of the request that is answered. */
    static readonly ctx: MiddlewareContext | undefined
    proxy: boolean
    readonly issuer: string
    readonly AccessToken: TokenClass & Finds
    readonly Client: ClientClass
    readonly Grant: GrantClass
    readonly Interaction: { find(uid: string): Promise<unknown> }
    readonly Session: SessionClass
    readonly DeviceCode: {
      /** Whoever answers it has no part in the session that it may be bound to later. */
      find(
        id: string,
        options: { readonly ignoreExpiration: true; readonly ignoreSessionBinding: true },
      ): Promise<DeviceCode | undefined>
    }
    /** Ours to replace: the engine's own finds first and saves then. */
    readonly ReplayDetection: { unique(by: string, jti: string, exp: number): Promise<boolean> }
    readonly IdToken: IdTokenClass
    /** Ours to replace: which value stands for a token that is new. */
    readonly RefreshToken: Finds & { readonly prototype: { generateTokenId(this: Token): string } }
    readonly ClientCredentials: Finds
    readonly ResourceServer: new (
      audience: string,
      info: ResourceServer,
    ) => ResourceServer
    registerGrantType(name: string, handle: (ctx: EngineContext) => Promise<void>, parameters: readonly string[]): void
    registerResponseMode(name: string, handler: ResponseMode): void
    use(middleware: (ctx: MiddlewareContext, next: () => Promise<void>) => Promise<void>): this
    callback(): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>
    interactionDetails(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Interaction>
    interactionResult(
      incoming: IncomingMessage,
      outgoing: ServerResponse,
      result: InteractionResult,
      options?: { readonly mergeWithLastSubmission: boolean },
    ): Promise<string>
  }

  export class OIDCProviderError extends Error {
    readonly error: string
    readonly error_description?: string
    readonly error_detail?: string
    readonly statusCode: number
    readonly expose: boolean
  }

  export const errors: {
    readonly OIDCProviderError: typeof OIDCProviderError
    readonly InvalidGrant: new (detail: string) => OIDCProviderError
    readonly InvalidScope: new (description: string, scope: string) => OIDCProviderError
    readonly InvalidRequest: new (description?: string) => OIDCProviderError
    readonly AccessDenied: new (description?: string) => OIDCProviderError
    readonly UnmetAuthenticationRequirements: new (description?: string) => OIDCProviderError
    readonly CustomOIDCProviderError: new (error: string, description?: string) => OIDCProviderError
    readonly InvalidTarget: new (description?: string) => OIDCProviderError
    readonly InvalidRedirectUri: new () => OIDCProviderError
    readonly InvalidClient: new (description?: string) => OIDCProviderError
    readonly InvalidClientAuth: new (detail: string) => OIDCProviderError
    readonly InvalidRequestObject: new (description: string) => OIDCProviderError
    readonly InvalidDpopProof: new (description: string) => OIDCProviderError
    readonly InvalidRequestUri: new (description: string) => OIDCProviderError
    readonly SessionNotFound: new (description?: string) => OIDCProviderError
    readonly SlowDown: new () => OIDCProviderError
    readonly UnsupportedResponseMode: new () => OIDCProviderError
  }

  interface Check {
    readonly reason: string
  }
  interface Prompt {
    readonly name: string
    readonly checks: Check[] & { remove(reason: string): void; add(check: Check): void }
  }
  export const interactionPolicy: {
    readonly Check: new (
      reason: string,
      description: string,
      error: string,
      check: (ctx: EngineContext) => boolean | Promise<boolean>,
      /** Kept beside the interaction, for the page that it leads to. */
      details?: (
        ctx: EngineContext,
      ) => Readonly<Record<string, unknown>> | undefined | Promise<Readonly<Record<string, unknown>> | undefined>,
    ) => Check
    readonly Prompt: new (
      options: { readonly name: string; readonly requestable: boolean },
      ...checks: Check[]
    ) => Prompt
    readonly base: () => Prompt[] & { get(name: string): Prompt | undefined; add(prompt: Prompt, index: number): void }
  }

  export class ExternalSigningKey {
    kid: string
    alg: string
    get key_ops(): string[] | undefined
    keyObject(): KeyObject
    sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>
  }
}
