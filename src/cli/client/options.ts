import { type Command, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import {
  AUTH_METHODS,
  type AuthMethod,
  CLIENT_TYPES,
  type Client,
  type ClientDemand,
  type ClientType,
  clientDemands,
  DEVICE_CODE,
  type GrantType,
  jwks as jwksShape,
  ORGANISATION_USES,
  type OrganisationUse,
  SUBJECT_TYPES,
  TOKEN_BINDINGS,
  type TokenBinding,
} from '../../oidc/clients/client.ts'
import type { ClientFields } from '../../oidc/clients/fields.ts'
import type { ApiWanted } from '../../oidc/clients/registration.ts'
import { toDuration } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'
import { readJsonFile } from '../json-file.ts'

export const collect = (value: string, before: string[]): string[] => [...before, value]

const grants: Readonly<Record<string, GrantType>> = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  device_code: DEVICE_CODE,
}

const toGrant = (value: string, before: GrantType[]): GrantType[] => {
  const grant = grants[value]
  if (!grant) throw new InvalidArgumentError(`Expected one of ${Object.keys(grants).join(', ')}.`)
  return [...before, grant]
}

/** An audience has no spaces, so what stands behind one is a scope. */
export interface ApiOption {
  readonly audience: string
  readonly scopes: readonly string[] | null
}
export const toApi = (value: string, before: ApiOption[]): ApiOption[] => {
  const [audience = '', ...scopes] = value.trim().split(/\s+/)
  return [...before, { audience, scopes: scopes.length > 0 ? scopes : null }]
}

const NONE = 'none'
const orNone = (value: string): string | null => (value === NONE ? null : value)
const toSeconds = (value: string): number | null => (value === NONE ? null : Math.floor(toDuration(value) / 1000))

/** What each type is, for the help of `create`. */
export const TYPES = `
Types:
  web          a server with pages. Proves itself by a secret (or a key), signs people in by a code with PKCE.
  single-page  runs in a browser, keeps no secret. PKCE; its refresh tokens change at each use.
  native       runs on a device of the person, keeps no secret. PKCE; any free port of http://127.0.0.1 or
               http://[::1], a scheme of its own such as com.example.app:/callback, or a claimed https address.
  service      a program that nobody signs in to: a secret or a key, client_credentials, no redirect URIs.`

export interface FieldOptions {
  readonly name?: string
  readonly uri?: string | null
  readonly logo?: string | null
  readonly policy?: string | null
  readonly terms?: string | null
  readonly firstParty?: boolean
  readonly grant: GrantType[]
  readonly authMethod?: AuthMethod
  readonly jwks?: string
  readonly jwksUri?: string | null
  readonly tlsSubject?: string | null
  readonly backchannelLogoutUri?: string | null
  readonly accessTokenTtl?: number | null
  readonly refreshIdleTtl?: number | null
  readonly refreshAbsoluteTtl?: number | null
  readonly subjects?: Client['subjectType']
  readonly sector?: string | null
  readonly requirePar?: boolean
  readonly requireSignedRequest?: boolean
  readonly tokenBinding?: TokenBinding
  readonly pkce?: Client['pkce']
  readonly profile?: 'fapi2' | 'none'
  readonly organisations?: OrganisationUse
  readonly mfa?: ClientDemand | 'none'
}

/** Whatever may be said of a client at any time; `none` takes away what was said before. */
export const addFieldOptions = (command: Command): Command =>
  command
    .option('--uri <address>', 'its home page', orNone)
    .option('--logo <address>', 'its logo, https', orNone)
    .option('--policy <address>', 'what it does with what it learns of people, https', orNone)
    .option('--terms <address>', 'its terms, https', orNone)
    .option('--first-party', 'it is ours: people are not asked whether it may know who they are')
    .option('--no-first-party', 'it is somebody else’s: people are asked')
    .option('--grant <type>', `${Object.keys(grants).join(', ')}; may be repeated`, toGrant, [])
    .addOption(
      new Option('--auth-method <method>', 'how it proves who it is at the token endpoint').choices(AUTH_METHODS),
    )
    .option('--jwks <file>', 'its public keys, a JWKS in a file; - reads standard input, none takes them away')
    .option('--jwks-uri <address>', 'where its public keys are found, https', orNone)
    .option('--tls-subject <name>', 'the subject of its certificate (tls_client_auth), such as CN=billing', orNone)
    .option('--backchannel-logout-uri <address>', 'where it is told that a session has ended, https', orNone)
    .option('--access-token-ttl <duration>', 'how long its access tokens are good for, such as 10m', toSeconds)
    .option('--refresh-idle-ttl <duration>', 'how long a refresh token may lie unused, such as 7d', toSeconds)
    .option('--refresh-absolute-ttl <duration>', 'how long somebody stays signed in to it at most', toSeconds)
    .addOption(
      new Option(
        '--subjects <kind>',
        'public: a person has one id everywhere; pairwise: one of their own for this application’s sector',
      ).choices(SUBJECT_TYPES),
    )
    .option('--sector <host>', 'pairwise: the host that its redirect URIs share, where they are on several', orNone)
    .option('--require-par', 'it pushes each authorization request first (RFC 9126)')
    .option('--no-require-par', 'its requests may come by the browser')
    .option('--require-signed-request', 'its authorization requests are signed (RFC 9101)')
    .option('--no-require-signed-request', 'they need not be')
    .addOption(
      new Option('--token-binding <kind>', 'a key that whoever uses its tokens must hold').choices(TOKEN_BINDINGS),
    )
    .addOption(
      new Option('--pkce <rule>', 'optional: for software on a server that is too old for it').choices([
        'required',
        'optional',
      ]),
    )
    .addOption(
      new Option(
        '--profile <profile>',
        'fapi2: FAPI 2.0 Security Profile, keys, pushed requests and bound tokens',
      ).choices(['fapi2', NONE]),
    )
    .addOption(
      new Option(
        '--organisations <use>',
        'whether people sign in to it for an organisation: off, ask (whoever has any; the default) or required',
      ).choices(ORGANISATION_USES),
    )
    .addOption(
      new Option(
        '--mfa <rule>',
        'what it asks of everybody who signs in to it, beside what the instance and an organisation ask; none: nothing',
      ).choices([...clientDemands, NONE]),
    )

const said = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value })

export async function fieldsOf(
  context: Pick<CliContext, 'cwd' | 'input'>,
  options: FieldOptions,
): Promise<ClientFields> {
  const { name, uri, firstParty, authMethod, jwks, jwksUri, tlsSubject, backchannelLogoutUri } = options
  const { accessTokenTtl, refreshIdleTtl, refreshAbsoluteTtl, sector, tokenBinding, pkce, organisations } = options
  return {
    ...said('name', name),
    ...said('uri', uri),
    ...said('logoUri', options.logo),
    ...said('policyUri', options.policy),
    ...said('termsUri', options.terms),
    ...said('firstParty', firstParty),
    ...said('authMethod', authMethod),
    ...said('jwks', jwks === undefined ? undefined : await keysIn(context, jwks)),
    ...said('jwksUri', jwksUri),
    ...said('tlsSubject', tlsSubject),
    ...said('backchannelLogoutUri', backchannelLogoutUri),
    ...said('accessTokenTtl', accessTokenTtl),
    ...said('refreshIdleTtl', refreshIdleTtl),
    ...said('refreshAbsoluteTtl', refreshAbsoluteTtl),
    ...said('subjectType', options.subjects),
    ...said('sector', sector),
    ...said('requiresPar', options.requirePar),
    ...said('requiresSignedRequest', options.requireSignedRequest),
    ...said('tokenBinding', tokenBinding),
    ...said('pkce', pkce),
    ...said('profile', options.profile === NONE ? null : options.profile),
    ...said('organisations', organisations),
    ...said('mfa', options.mfa === NONE ? null : options.mfa),
    ...(options.grant.length > 0 && { grantTypes: options.grant }),
  }
}

async function keysIn(context: Pick<CliContext, 'cwd' | 'input'>, file: string): Promise<Client['jwks']> {
  if (file === NONE) return null
  const found = jwksShape.safeParse(await readJsonFile(context, file))
  if (found.success) return found.data
  throw new AppError('client-invalid', { detail: `${file} holds no JWKS.`, cure: 'Give {"keys": [...]}.' })
}

/** Of one type; left out, what it is allowed says whether anybody signs in to it. */
export function typeOf({ type, public: isPublic, native, grant }: TypeOptions): ClientType {
  const all: ClientType[] = [...(type ? [type] : []), ...(isPublic ? ['single-page' as const] : [])]
  if (native) all.push('native')
  if (new Set(all).size > 1)
    throw new AppError('usage-error', { detail: `A client is of one type, not ${all.join(' and ')}.` })
  const signsIn: readonly GrantType[] = ['authorization_code', DEVICE_CODE]
  const nobody = grant.length > 0 && !grant.some((one) => signsIn.includes(one))
  return all[0] ?? (nobody ? 'service' : 'web')
}

export interface TypeOptions extends Pick<FieldOptions, 'grant'> {
  readonly type?: ClientType
  readonly public?: true
  readonly native?: true
}

export const typeOption = () => new Option('--type <type>', 'what it is').choices(CLIENT_TYPES)

/** On behalf of people only where that was said. */
export const grantsOf = (apis: readonly ApiOption[], onBehalf: readonly string[]): ApiWanted[] => {
  const alone = onBehalf.filter((audience) => !apis.some((api) => api.audience === audience))
  return [...apis.map(wantedOf), ...alone].map((wanted) => {
    const { audience, scopes = null } = typeof wanted === 'string' ? { audience: wanted } : wanted
    return onBehalf.includes(audience) ? { audience, scopes, onBehalf: true } : wanted
  })
}

/** Without scopes, those that it has there already stay. */
export const wantedOf = ({ audience, scopes }: ApiOption): ApiWanted =>
  scopes === null ? audience : { audience, scopes }
