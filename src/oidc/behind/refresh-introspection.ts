import { z } from 'zod'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { artifactHash } from '../artifacts/artifact.ts'
import { outlivesSession } from '../backing.ts'
import { type Client, isConfidential } from '../clients/client.ts'
import type { SignedIn } from '../strength/strength.ts'
import type { Subjects } from '../subjects.ts'
import { findRefreshTokenBehind, type Standing } from './store.ts'

const userId = defineId('usr')
const orgId = defineId('org')
const sessionId = defineId('ses')

const stored = z.looseObject({
  accountId: z.string().refine(userId.is),
  exp: z.number(),
  iat: z.number(),
  scope: z.string().optional(),
  sid: z.string().refine(sessionId.is).optional(),
  authTime: z.number().default(0),
  acr: z.string().default(''),
  amr: z.array(z.string()).default([]),
  jkt: z.string().optional(),
  'x5t#S256': z.string().optional(),
})

/** What a use of it would be told by the rules of instance, application and organisation. */
export type StillMeetsRules = (
  client: Client,
  signedIn: SignedIn,
  organisation: Id<'org'> | undefined,
) => Promise<boolean>

interface RefreshIntrospectionDeps {
  readonly issuer: string
  readonly reader: () => Promise<Db>
  readonly standing: Standing
  readonly stillMeetsRules: StillMeetsRules
  readonly subjects: Subjects
  readonly clock: Clock
}

/** Undefined: it does not count, or is not theirs who ask. */
export type IntrospectRefreshToken = (asker: Client, presented: string) => Promise<Record<string, unknown> | undefined>

/**
 * RFC 7662 for refresh tokens, which are the only thing of ours that says nothing by itself. The engine would look through three kinds
 * and then for grant, session and person one by one; here all that is behind a token is one statement.
 */
export const refreshIntrospection =
  ({ issuer, reader, standing, stillMeetsRules, subjects, clock }: RefreshIntrospectionDeps): IntrospectRefreshToken =>
  async (asker, presented) => {
    // RFC 7662 §2.1: whoever proves nothing could ask what a token that they found is good for.
    if (!isConfidential(asker)) return undefined
    const now = clock.now()
    const idHash = artifactHash('RefreshToken', presented)
    const found = await findRefreshTokenBehind(await reader(), standing, { idHash, now })
    const read = found && stored.safeParse(found.payload)
    if (!found || !read?.success) return undefined
    const token = read.data
    const { accountId: user, sid, scope = '' } = token
    if (found.client_id !== asker.id || found.user_id !== userId.toUuid(user)) return undefined
    if (token.exp * 1000 <= now.getTime() || !found.person_active) return undefined
    if (!outlivesSession(scope.split(' ')) && !(sid !== undefined && found.session_living)) return undefined
    const signedIn = { user, session: sid, at: new Date(token.authTime * 1000), acr: token.acr, amr: token.amr }
    const organisation = found.org_id === null ? undefined : orgId.fromUuid(found.org_id)
    if (!(await stillMeetsRules(asker, signedIn, organisation))) return undefined
    const { jkt, 'x5t#S256': certificate } = token
    return {
      client_id: asker.id,
      exp: token.exp,
      iat: token.iat,
      iss: issuer,
      sub: subjects.subjectFor(asker, user),
      ...(sid !== undefined && { sid: subjects.sidFor(asker, sid) }),
      ...(scope !== '' && { scope }),
      ...(jkt !== undefined && { cnf: { jkt } }),
      ...(certificate !== undefined && { cnf: { 'x5t#S256': certificate } }),
    }
  }
