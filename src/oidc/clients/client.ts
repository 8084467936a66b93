import { z } from 'zod'
import type { MfaDemand } from '../../factors/rule.ts'
import { defineId } from '../../lib/ids.ts'

/** `cl_…`, unless the operator chose a name. */
export const generatedClientId = defineId('cl')
const clientIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const idOfAnotherKind = /^(?!cl_)[a-z]+_[0-9a-f]{32}$/i

/** It stands in `sub` where a program speaks for itself, so it must not read as the id of a person. */
export const isClientId = (text: string): boolean => clientIdPattern.test(text) && !idOfAnotherKind.test(text)

/** A server with pages, what runs in a browser, what runs on a device of the person, and a program that nobody signs in to. */
export const CLIENT_TYPES = ['web', 'single-page', 'native', 'service'] as const
export type ClientType = (typeof CLIENT_TYPES)[number]

export const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

/** Whether its tokens are good only in the hand of whoever holds a key. */
export const TOKEN_BINDINGS = ['none', 'dpop', 'mtls'] as const
export type TokenBinding = (typeof TOKEN_BINDINGS)[number]

export const SUBJECT_TYPES = ['public', 'pairwise'] as const

/** RFC 8628: a device without a keyboard shows a code, and the person signs in on another. */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE] as const
/** RFC 8693. Registered for nobody: the client of API keys has it, and whoever an API is listed for on behalf of people. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export type GrantType = (typeof GRANT_TYPES)[number]

/** None: what the instance and an organisation ask for. */
export const clientDemands = ['optional', 'required', 'phishing-resistant'] as const satisfies readonly MfaDemand[]
export type ClientDemand = (typeof clientDemands)[number]

export const ORGANISATION_USES = ['off', 'ask', 'required'] as const
export type OrganisationUse = (typeof ORGANISATION_USES)[number]

const serviceAccountId = defineId('sva')
const serviceAccountColumn = z
  .string()
  .nullable()
  .transform((uuid) => (uuid === null ? null : serviceAccountId.fromUuid(uuid)))

/** Which API a client may have tokens for. */
export const apiGrant = z
  .object({
    audience: z.string(),
    /** Null: all that the API has. */
    scopes: z.array(z.string()).readonly().nullable(),
    /** Also in the name of a person whose token it was shown (RFC 8693). */
    onBehalf: z.boolean(),
  })
  .readonly()
export type ApiGrant = z.output<typeof apiGrant>

export const clientSecretId = defineId('csec')
/** As JSON brings it from the database. */
const clientSecret = z
  .object({
    id: z.string().transform(clientSecretId.fromUuid),
    hash: z.string().transform((hex): Buffer => Buffer.from(hex.replace('\\x', ''), 'hex')),
    hint: z.string(),
    createdAt: z.coerce.date(),
    expiresAt: z.coerce.date().nullable(),
  })
  .readonly()
export type ClientSecret = z.infer<typeof clientSecret>

/** Public keys, as RFC 7517 §5 writes them. */
export const jwks = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) })
const seconds = z.number().int().positive().nullable()
const texts = z.array(z.string()).readonly()

/** An application that may ask for tokens. */
export const client = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(CLIENT_TYPES),
    /** Its home page. */
    uri: z.string().nullable(),
    redirectUris: texts,
    postLogoutRedirectUris: texts,
    grantTypes: z.array(z.enum([...GRANT_TYPES, TOKEN_EXCHANGE])).readonly(),
    firstParty: z.boolean(),
    authMethod: z.enum(AUTH_METHODS),
    /** Oldest first; those that have expired are among them. */
    secrets: z.array(clientSecret).readonly(),
    jwks: jwks.nullable(),
    jwksUri: z.string().nullable(),
    tlsSubject: z.string().nullable(),
    logoUri: z.string().nullable(),
    policyUri: z.string().nullable(),
    termsUri: z.string().nullable(),
    /** From where a page may call us, beside the origins of the redirect URIs. */
    origins: texts,
    backchannelLogoutUri: z.string().nullable(),
    /** Null: the instance's setting. */
    accessTokenTtl: seconds,
    refreshIdleTtl: seconds,
    refreshAbsoluteTtl: seconds,
    subjectType: z.enum(SUBJECT_TYPES),
    /** Where pairwise: the host that shares one name for a person. */
    sector: z.string().nullable(),
    requiresPar: z.boolean(),
    requiresSignedRequest: z.boolean(),
    tokenBinding: z.enum(TOKEN_BINDINGS),
    pkce: z.enum(['required', 'optional']),
    profile: z.enum(['fapi2']).nullable(),
    /** It registered itself, and looks after its entry with this token. */
    registrationHash: z.custom<Buffer>(Buffer.isBuffer).nullable(),
    createdAt: z.date(),
    disabledAt: z.date().nullable(),
    apis: z.array(apiGrant).readonly(),
    /** Whether people choose an organisation for it, and whether they must have one. */
    organisations: z.enum(ORGANISATION_USES),
    /** What is asked of everybody who signs in to it. */
    mfa: z.enum(clientDemands).nullable(),
    /** As what it acts where it asks with its own credentials. */
    serviceAccount: serviceAccountColumn,
  })
  .readonly()
export type Client = z.infer<typeof client>

/** It proves who it is whenever it asks. */
export const isConfidential = ({ authMethod }: Pick<Client, 'authMethod'>): boolean => authMethod !== 'none'

export const keepsSecrets = ({ authMethod }: Pick<Client, 'authMethod'>): boolean =>
  authMethod === 'client_secret_basic' || authMethod === 'client_secret_post'

/** What a client has that says nothing of it. */
export const plainClient = {
  secrets: [],
  jwks: null,
  jwksUri: null,
  tlsSubject: null,
  logoUri: null,
  policyUri: null,
  termsUri: null,
  origins: [],
  backchannelLogoutUri: null,
  accessTokenTtl: null,
  refreshIdleTtl: null,
  refreshAbsoluteTtl: null,
  subjectType: 'public',
  sector: null,
  requiresPar: false,
  requiresSignedRequest: false,
  tokenBinding: 'none',
  pkce: 'required',
  profile: null,
  registrationHash: null,
} as const satisfies Partial<Client>
