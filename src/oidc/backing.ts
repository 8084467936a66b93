import type { EngineContext, Token } from 'oidc-provider'
import { defineId, type Id } from '../lib/ids.ts'
import { artifactHash } from './artifacts/artifact.ts'
import type { GrantBehind } from './behind/store.ts'
import type { Client } from './clients/client.ts'
import type { Acting, MayHold } from './exchange/acting.ts'
import type { GrantTags } from './grant-tags.ts'
import type { Subjects } from './subjects.ts'
import { findUnit } from './unit/units.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

interface JwtParts {
  readonly payload: Record<string, unknown>
}

/**
 * Nothing is stored of a token, so it must say by itself which grant it came of. `jti` means nothing to anybody else, and
 * a hash of the grant's id opens nothing: a claim of our own would be one more thing for back ends to depend on.
 */
export const nameGrantInTokenId =
  (tags: Pick<GrantTags, 'own' | 'handedOn'>) =>
  (_: EngineContext, { grantId, expiresWithSession: endsWithSession = false }: Token, { payload }: JwtParts): void => {
    const handedOn = findUnit()?.onBehalf?.cameOf
    const tag =
      grantId === undefined
        ? handedOn && tags.handedOn(handedOn)
        : tags.own({ grantHash: artifactHash('Grant', grantId), endsWithSession })
    if (tag !== undefined) payload['jti'] = `${payload['jti']}.${tag}`
  }

interface PersonsToken {
  readonly sub: string
  readonly aud: string
  readonly client_id: string
  readonly jti?: unknown
  readonly sid?: unknown
  /** It was handed on: then another application is behind it than the one that holds it. */
  readonly act?: Acting | undefined
}

/** Whose token it is, whatever they are called in it. */
export interface Behind {
  readonly user: Id<'usr'>
  /** Undefined where it is not known any more: what was granted for offline goes on without. */
  readonly session: Id<'ses'> | undefined
}

export interface Backing {
  /** Undefined unless the grant behind a person's token still stands, and the session too where the token ends with it. */
  behind(claims: PersonsToken, client: Client): Promise<Behind | undefined>
}

interface BackingDeps {
  /** With whether the session lives that is named, or the grant's own where none is; one statement. */
  readonly findGrant: (grantHash: Buffer, session: string | null) => Promise<GrantBehind | undefined>
  readonly subjects: Pick<Subjects, 'subjectFor' | 'sidFor'>
  readonly tags: Pick<GrantTags, 'grantIn'>
  readonly mayHold: MayHold
}

export const createBacking = ({ findGrant, subjects, tags, mayHold }: BackingDeps): Backing => {
  const named = (client: Client, sid: unknown): Id<'ses'> | undefined =>
    client.subjectType === 'public' && typeof sid === 'string' && sessionId.is(sid) ? sid : undefined

  /** A pairwise name is found again by making it anew of what stands behind the token. */
  const sessionBehind = (client: Client, sid: unknown, grant: GrantBehind): Id<'ses'> | undefined => {
    if (client.subjectType === 'public') return named(client, sid)
    const session = grant.session_id === null ? undefined : sessionId.fromUuid(grant.session_id)
    return session && subjects.sidFor(client, session) === sid ? session : undefined
  }
  return {
    behind: async (claims, client) => {
      const { sub, jti, sid } = claims
      const cameOf = tags.grantIn(jti)
      if (!cameOf) return undefined
      const inToken = named(client, sid)
      const grant = await findGrant(cameOf.grantHash, inToken ? sessionId.toUuid(inToken) : null)
      if (!grant?.person_active || grant.user_id === null || grant.client_id === null) return undefined
      const { client_id: of } = grant
      if (claims.act ? !(await mayHold(claims, client, of)) : of !== client.id) return undefined
      const user = userId.fromUuid(grant.user_id)
      if (subjects.subjectFor(client, user) !== sub) return undefined
      const session = sessionBehind(client, sid, grant)
      const isOffline = !cameOf.endsWithSession && outlivesSession(grant.scope?.split(' ') ?? [])
      return isOffline || (session && grant.session_living) ? { user, session } : undefined
    },
  }
}

/** A sleeping session keeps what was granted for offline; a sign-out revokes the grant itself. */
export const outlivesSession = (scopes: Iterable<string>): boolean => [...scopes].includes('offline_access')
