import { z } from 'zod'
import { fail, ok, type Result } from '../../lib/result.ts'
import { AUTH_METHODS, type Client, type ClientType, DEVICE_CODE, type GrantType } from '../clients/client.ts'
import type { ClientFields } from '../clients/fields.ts'

/** RFC 7591 §3.2.2. */
export interface MetadataRefusal {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata' | 'invalid_software_statement'
  readonly error_description: string
}

const invalid = (error_description: string): MetadataRefusal => ({
  error: 'invalid_client_metadata',
  error_description,
})

const text = z.string().max(2000)
const grants = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE] as const

/**
 * By name, one by one, and `null` is as good as nothing. What is not among these is ignored, as RFC 7591 §2 says: so no
 * application makes itself one of ours or gives itself an API (threat 24). What of these it may change later: owned.ts.
 */
const metadata = z.object({
  client_name: text.nullish(),
  client_uri: text.nullish(),
  logo_uri: text.nullish(),
  policy_uri: text.nullish(),
  tos_uri: text.nullish(),
  redirect_uris: z.array(text).nullish(),
  post_logout_redirect_uris: z.array(text).nullish(),
  application_type: z.enum(['web', 'native']).nullish(),
  token_endpoint_auth_method: z.enum(AUTH_METHODS).nullish(),
  grant_types: z.array(z.enum(grants)).nullish(),
  response_types: z.array(z.literal('code')).nullish(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) }).nullish(),
  jwks_uri: text.nullish(),
  tls_client_auth_subject_dn: text.nullish(),
  subject_type: z.enum(['public', 'pairwise']).nullish(),
  sector_identifier_uri: z.null({ error: 'is not supported: the sector is the host of the redirect URIs' }).optional(),
  software_statement: z.null({ error: 'is not supported' }).optional(),
  require_pushed_authorization_requests: z.boolean().nullish(),
  require_signed_request_object: z.boolean().nullish(),
  dpop_bound_access_tokens: z.boolean().nullish(),
  tls_client_certificate_bound_access_tokens: z.boolean().nullish(),
  backchannel_logout_uri: text.nullish(),
})
type Metadata = z.output<typeof metadata>

/** What an application says of itself, all of it. */
export type OwnFields = Required<
  Pick<
    ClientFields,
    | 'name'
    | 'uri'
    | 'logoUri'
    | 'policyUri'
    | 'termsUri'
    | 'redirectUris'
    | 'postLogoutRedirectUris'
    | 'authMethod'
    | 'grantTypes'
    | 'jwks'
    | 'jwksUri'
    | 'tlsSubject'
    | 'subjectType'
    | 'requiresPar'
    | 'requiresSignedRequest'
    | 'tokenBinding'
    | 'backchannelLogoutUri'
  >
>

export interface Wanted {
  readonly type: ClientType
  /** What it left out is empty. */
  readonly fields: OwnFields
}

export function wantedIn(body: unknown, may: { readonly beProgram: boolean }): Result<Wanted, MetadataRefusal> {
  const read = metadata.safeParse(body)
  if (!read.success) return fail(refusalOf(read.error))
  const said = read.data
  const grantTypes = said.grant_types ?? ['authorization_code']
  if (grantTypes.length === 0) return fail(invalid('grant_types is empty'))
  if (grantTypes.includes('client_credentials') && !may.beProgram)
    return fail(invalid('client_credentials is not given to an application that registers itself with this token'))
  if (said.response_types && said.response_types.length > 0 !== grantTypes.includes('authorization_code'))
    return fail(invalid('response_types and grant_types do not belong together (RFC 7591 §2.1)'))
  if (
    grantTypes.includes('refresh_token') &&
    !grantTypes.some((one) => one === 'authorization_code' || one === DEVICE_CODE)
  )
    return fail(invalid('grant_types has refresh_token, and nothing that a refresh token comes of'))
  const type = typeOf(said, grantTypes)
  const isBare = type === 'native' || type === 'single-page'
  const binds = said.dpop_bound_access_tokens ? 'dpop' : 'mtls'
  const isBound = said.dpop_bound_access_tokens || said.tls_client_certificate_bound_access_tokens
  return ok({
    type,
    fields: {
      name: said.client_name ?? hostOf(said.redirect_uris ?? []) ?? 'Application',
      uri: said.client_uri ?? null,
      logoUri: said.logo_uri ?? null,
      policyUri: said.policy_uri ?? null,
      termsUri: said.tos_uri ?? null,
      redirectUris: said.redirect_uris ?? [],
      postLogoutRedirectUris: said.post_logout_redirect_uris ?? [],
      authMethod: said.token_endpoint_auth_method ?? (isBare ? 'none' : 'client_secret_basic'),
      grantTypes,
      jwks: said.jwks ?? null,
      jwksUri: said.jwks_uri ?? null,
      tlsSubject: said.tls_client_auth_subject_dn ?? null,
      subjectType: said.subject_type ?? 'public',
      requiresPar: said.require_pushed_authorization_requests ?? false,
      requiresSignedRequest: said.require_signed_request_object ?? false,
      tokenBinding: isBound ? binds : 'none',
      backchannelLogoutUri: said.backchannel_logout_uri ?? null,
    },
  })
}

function typeOf(
  { application_type, token_endpoint_auth_method }: Metadata,
  grantTypes: readonly GrantType[],
): ClientType {
  if (application_type === 'native') return 'native'
  if (grantTypes.every((grant) => grant === 'client_credentials')) return 'service'
  return token_endpoint_auth_method === 'none' ? 'single-page' : 'web'
}

/** What people read where an application has not said what it is called. */
const hostOf = ([uri]: readonly string[]): string | undefined =>
  (uri !== undefined && URL.canParse(uri) && new URL(uri).hostname) || undefined

function refusalOf({ issues: [issue] }: z.ZodError): MetadataRefusal {
  const name = issue?.path[0]
  if (name === undefined) return invalid('the body is no JSON object')
  const description = `${String(name)}: ${issue?.message ?? 'is not valid'}`
  if (name === 'redirect_uris') return { error: 'invalid_redirect_uri', error_description: description }
  if (name === 'software_statement') return { error: 'invalid_software_statement', error_description: description }
  return invalid(description)
}

/** As it is registered: whatever was asked for, this is what holds (RFC 7591 §3.2.1). */
export const metadataOf = (client: Client): Record<string, unknown> => ({
  client_id: client.id,
  client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
  client_name: client.name,
  ...said('client_uri', client.uri),
  ...said('logo_uri', client.logoUri),
  ...said('policy_uri', client.policyUri),
  ...said('tos_uri', client.termsUri),
  redirect_uris: client.redirectUris,
  post_logout_redirect_uris: client.postLogoutRedirectUris,
  application_type: client.type === 'native' ? 'native' : 'web',
  token_endpoint_auth_method: client.authMethod,
  grant_types: client.grantTypes,
  response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
  ...said('jwks', client.jwks),
  ...said('jwks_uri', client.jwksUri),
  ...said('tls_client_auth_subject_dn', client.tlsSubject),
  subject_type: client.subjectType,
  require_pushed_authorization_requests: client.requiresPar,
  require_signed_request_object: client.requiresSignedRequest,
  dpop_bound_access_tokens: client.tokenBinding === 'dpop',
  tls_client_certificate_bound_access_tokens: client.tokenBinding === 'mtls',
  ...said('backchannel_logout_uri', client.backchannelLogoutUri),
})

const said = (name: string, value: unknown) => (value === null ? {} : { [name]: value })
