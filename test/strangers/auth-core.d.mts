interface Provider {
  readonly id: string
  readonly name: string
  readonly type: 'oidc'
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly checks: readonly ('pkce' | 'state' | 'nonce')[]
}

export interface Account {
  readonly providerAccountId: string
  readonly access_token?: string
}

interface AuthConfig {
  readonly secret: string
  readonly trustHost: boolean
  readonly basePath: `/${string}`
  readonly providers: readonly Provider[]
  readonly events: { readonly signIn: (message: { readonly account?: Account | null }) => void }
}

export function Auth(request: Request, config: AuthConfig): Promise<Response>
