import type { AdapterPayload } from 'oidc-provider'
import { z } from 'zod'
import { sha256 } from '../../lib/hash.ts'

/** What the engine remembers; the names are the engine's. */
export const ARTIFACT_KINDS = [
  'Session',
  'Interaction',
  'Grant',
  'AuthorizationCode',
  'RefreshToken',
  'AccessToken',
  'DeviceCode',
  'PushedAuthorizationRequest',
] as const
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number]

export const isArtifactKind = (name: string): name is ArtifactKind => ARTIFACT_KINDS.some((kind) => kind === name)

/** Ids are 256 random bits, so a fast hash without a key is enough: there is nothing to guess. */
export const artifactHash = (kind: ArtifactKind, id: string): Buffer => sha256(`${kind} ${id}`)

/** Of what is sealed in a row. */
export const placeOf = (idHash: Buffer) => ({
  table: 'oidc_artifacts',
  column: 'sealed',
  row: `\\x${idHash.toString('hex')}`,
})

/** How the rows of sessions name a session of the engine. */
export const engineUidHash = (uid: string): Buffer => sha256(uid)

const fields = z.record(z.string(), z.unknown())
type Fields = z.infer<typeof fields>

/** What may say something about a person, or is a secret of the moment: the request as it came, a form's token. */
const sealedFields: Partial<Record<ArtifactKind, readonly string[]>> = {
  // `parJti` is what the request was pushed as: whoever knows it may go on with it.
  Interaction: ['params', 'prompt', 'result', 'lastSubmission', 'parJti'],
  PushedAuthorizationRequest: ['request'],
  Session: ['state'],
  DeviceCode: ['params', 'deviceInfo', 'userCode'],
}

export interface StoredArtifact {
  readonly payload: Fields
  readonly sealed: Fields | undefined
}

/**
 * The engine puts the id itself, which is the credential, into what it stores: as `jti`, in an interaction's return
 * address and, for the session it began in, as `cookie` (which nothing reads). All of it is left out and put back.
 */
export function toStored(kind: ArtifactKind, id: string, given: AdapterPayload): StoredArtifact {
  const { jti, ...rest } = given
  // Of a grant it opens nothing, and events name the grant by it.
  const payload: Fields = kind === 'Grant' ? { ...rest, jti } : rest
  const { returnTo, session } = payload
  const plain: Fields = {
    ...payload,
    ...(typeof returnTo === 'string' && { returnTo: returnTo.replace(id, PLACE_OF_ID) }),
    ...(kind === 'Interaction' && session !== undefined && { session: withoutCookie(session) }),
  }
  const names = sealedFields[kind] ?? []
  const sealed = names.filter((name) => plain[name] !== undefined)
  return {
    payload: omit(plain, names),
    sealed: sealed.length > 0 ? Object.fromEntries(sealed.map((name) => [name, plain[name]])) : undefined,
  }
}

const PLACE_OF_ID = '{id}'

const withoutCookie = (session: unknown): Fields => omit(fields.parse(session), ['cookie'])

const omit = (from: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(from).filter(([name, value]) => !names.includes(name) && value !== undefined))

export function fromStored(
  id: string | undefined,
  { payload, sealed }: { readonly payload: unknown; readonly sealed: string | undefined },
  consumedAt: Date | null,
): AdapterPayload {
  const plain = fields.parse(payload)
  const { returnTo } = plain
  return {
    ...plain,
    ...(sealed !== undefined && fields.parse(JSON.parse(sealed))),
    ...(id !== undefined && { jti: id }),
    ...(typeof returnTo === 'string' && id !== undefined && { returnTo: returnTo.replace(PLACE_OF_ID, id) }),
    ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / 1000) }),
  }
}
