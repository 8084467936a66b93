import { z } from 'zod'
import type { MfaDemand } from '../../factors/rule.ts'
import { defineId } from '../../lib/ids.ts'

/** `cl_…`, unless the operator chose a name. */
export const generatedClientId = defineId('cl')
const clientIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
const idOfAnotherKind = /^(?!cl_)[a-z]+_[0-9a-f]{32}$/i

/** It stands in `sub` where a program speaks for itself, so it must not read as the id of a person. */
export const isClientId = (text: string): boolean => clientIdPattern.test(text) && !idOfAnotherKind.test(text)

export const CLIENT_TYPES = ['confidential', 'public', 'native'] as const
export type ClientType = (typeof CLIENT_TYPES)[number]

export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const
/** RFC 8693. For the client of API keys, which is built in. */
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
export const apiGrant = z.object({
  audience: z.string(),
  /** Null: all that the API has. */
  scopes: z.array(z.string()).nullable(),
})

/** An application that may ask for tokens. */
export const client = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(CLIENT_TYPES),
    /** Its home page. */
    uri: z.string().nullable(),
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    grantTypes: z.array(z.enum([...GRANT_TYPES, TOKEN_EXCHANGE])),
    firstParty: z.boolean(),
    secretHash: z.instanceof(Buffer).nullable(),
    createdAt: z.date(),
    disabledAt: z.date().nullable(),
    apis: z.array(apiGrant),
    /** Whether people choose an organisation for it, and whether they must have one. */
    organisations: z.enum(ORGANISATION_USES),
    /** What is asked of everybody who signs in to it. */
    mfa: z.enum(clientDemands).nullable(),
    /** As what it acts where it asks with its own credentials. */
    serviceAccount: serviceAccountColumn,
  })
  .readonly()
export type Client = z.infer<typeof client>
