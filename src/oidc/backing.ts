import type { EngineContext, Token } from 'oidc-provider'
import { fromBase64url } from '../lib/base64url.ts'
import { defineId } from '../lib/ids.ts'
import { artifactHash } from './artifacts/artifact.ts'
import type { LiveGrant } from './artifacts/store.ts'
import type { EngineSessions } from './ports.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

interface JwtParts {
  readonly payload: Record<string, unknown>
}

/**
 * Nothing is stored of a token, so it must say by itself which grant it came of. `jti` means nothing to anybody else, and
 * a hash of the grant's id opens nothing: a claim of our own would be one more thing for back ends to depend on.
 */
export function nameGrantInTokenId(_: EngineContext, { grantId }: Token, { payload }: JwtParts): void {
  if (grantId !== undefined)
    payload['jti'] = `${payload['jti']}.${artifactHash('Grant', grantId).toString('base64url')}`
}

const grantHashIn = (jti: unknown): Buffer | undefined => {
  const [, tag] = typeof jti === 'string' ? jti.split('.') : []
  return tag === undefined ? undefined : fromBase64url(tag)
}

interface PersonsToken {
  readonly sub: string
  readonly client_id: string
  readonly jti?: unknown
  readonly sid?: unknown
}

export interface Backing {
  /** Whether the grant behind a person's token still stands, and the session too where the token ends with it. */
  stands(claims: PersonsToken): Promise<boolean>
}

interface BackingDeps {
  readonly findGrant: (grantHash: Buffer) => Promise<LiveGrant | undefined>
  readonly sessions: Pick<EngineSessions, 'isLiveSession'>
}

export const createBacking = ({ findGrant, sessions }: BackingDeps): Backing => ({
  stands: async ({ sub, client_id, jti, sid }) => {
    const hash = grantHashIn(jti)
    const grant = hash && (await findGrant(hash))
    if (!grant || grant.clientId !== client_id || !userId.is(sub) || grant.userId !== userId.toUuid(sub)) return false
    return outlivesSession(grant.scope.split(' ')) || isLive(sessions, sid)
  },
})

/** A sleeping session keeps what was granted for offline; a sign-out revokes the grant itself. */
export const outlivesSession = (scopes: Iterable<string>): boolean => [...scopes].includes('offline_access')

export const isLive = async (sessions: Pick<EngineSessions, 'isLiveSession'>, sid: unknown): Promise<boolean> =>
  typeof sid === 'string' && sessionId.is(sid) && sessions.isLiveSession(sid)
