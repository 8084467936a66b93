import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { wordsIn } from '../consent/bare.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/** What an application holds of a person at this moment, by one grant. */
export interface Holding {
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly claims: readonly string[]
  /** Audience → scopes there. */
  readonly resources: Readonly<Record<string, readonly string[]>>
  /** In which sign-in it was given, where that is known. */
  readonly session: Id<'ses'> | undefined
  readonly since: Date
  /** When a code or a refresh token last came of it or was used: access tokens are not seen. */
  readonly lastUsed: Date | undefined
  /** It can go on by itself. */
  readonly refreshes: boolean
}

const content = z.looseObject({
  openid: z.looseObject({ scope: z.string().default(''), claims: z.array(z.string()).default([]) }).optional(),
  resources: z.record(z.string(), z.string()).default({}),
})

/** By oidc_artifacts_of_user, and by oidc_artifacts_by_grant for what came of each. */
export async function listHoldings(db: Db, user: Id<'usr'>, now: Date): Promise<Holding[]> {
  const rows = await db
    .selectFrom('oidc_artifacts as g')
    .leftJoinLateral(
      (of) =>
        of
          .selectFrom('oidc_artifacts as a')
          .select([
            sql<Date | null>`max(greatest(a.created_at, a.consumed_at))`.as('last_used'),
            sql<
              boolean | null
            >`bool_or(a.kind = 'RefreshToken' AND a.consumed_at IS NULL AND a.expires_at > ${now})`.as('refreshes'),
          ])
          .whereRef('a.grant_hash', '=', 'g.id_hash')
          .where('a.kind', 'in', ['AuthorizationCode', 'RefreshToken'])
          .as('used'),
      (join) => join.onTrue(),
    )
    .select(['g.client_id', 'g.payload', 'g.session_id', 'g.created_at', 'used.last_used', 'used.refreshes'])
    .where('g.user_id', '=', userId.toUuid(user))
    .where('g.kind', '=', 'Grant')
    .where('g.expires_at', '>', now)
    .orderBy('g.created_at')
    .execute()
  return rows.flatMap(({ client_id: clientId, payload, session_id, created_at, last_used, refreshes }) => {
    if (clientId === null) return []
    const { openid, resources } = content.parse(payload)
    return {
      clientId,
      scopes: wordsIn(openid?.scope ?? ''),
      claims: openid?.claims ?? [],
      resources: Object.fromEntries(Object.entries(resources).map(([audience, scopes]) => [audience, wordsIn(scopes)])),
      session: session_id === null ? undefined : sessionId.fromUuid(session_id),
      since: created_at,
      lastUsed: last_used ?? undefined,
      refreshes: refreshes ?? false,
    }
  })
}
