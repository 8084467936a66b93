import { sha256 } from '../../lib/hash.ts'
import { defineId } from '../../lib/ids.ts'
import type { Announced } from '../ports.ts'
import type { Subjects } from '../subjects.ts'
import type { FeedReader } from './reader.ts'

const userId = defineId('usr')

/** As a reader is told. Dead is what has all of these claims and an `iat` below `before`; where `from` is said, from then on. */
export interface FeedEntry {
  /** Of what was announced, and why: for a program of the operator's. To anybody else it would say which names are one person's. */
  readonly id?: string
  readonly reason?: string
  readonly before: number
  readonly from?: number
  /** When no token can be alive any more that it speaks of. */
  readonly exp: number
  readonly claims: Readonly<Record<string, string>>
}

type Forms = (id: string) => readonly string[]

/** Whose a token is; and, of one that was handed on (RFC 8693), what the person has signed in to. */
export type ClientClaim = 'client_id' | 'origin_client_id'

/** How persons and sessions are called in the tokens of one API: by our name, and by one for each sector that may have them. */
export const formsIn = (subjects: Pick<Subjects, 'subjectFor' | 'sidFor'>, sectors: readonly string[]) => {
  const clients = sectors.map((sector) => ({ subjectType: 'pairwise', sector }) as const)
  return {
    ofSubject: (id: string) => (userId.is(id) ? [id, ...clients.map((of) => subjects.subjectFor(of, id))] : [id]),
    ofSession: (id: string) => [id, ...clients.map((of) => subjects.sidFor(of, id))],
  }
}

/**
 * The change is seen by others when its transaction commits, a moment after it took its time: a token that was issued
 * between the two still says what was. One that was issued so shortly after it dies as well, and is renewed.
 */
const LATE_SECONDS = 2

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)

/**
 * `iat` is in whole seconds: of those of the very second of the change all are dead, one issued after it too, which costs
 * a refresh.
 */
export function entriesOf(
  { id, at, from, expiresAt, reason, sub, organisation, sid, clientId, apiKey, api }: Announced,
  reader: FeedReader,
  forms: { readonly ofSubject: Forms; readonly ofSession: Forms; readonly ofClient: readonly ClientClaim[] },
): FeedEntry[] {
  const common = {
    ...(reader.isOurs && { id, reason }),
    before: seconds(at) + 1 + LATE_SECONDS,
    ...(from && { from: seconds(from) }),
    exp: seconds(expiresAt),
  }
  const subs = sub === undefined ? [undefined] : forms.ofSubject(sub)
  const sids = sid === undefined ? [undefined] : forms.ofSession(sid)
  const clients = clientId === undefined ? [{}] : forms.ofClient.map((claim) => ({ [claim]: clientId }))
  return subs.flatMap((oneSub) =>
    sids.flatMap((oneSid) =>
      clients.map((client) => ({
        ...common,
        claims: asTold(reader, {
          sub: oneSub,
          [reader.names.org_id ?? 'org_id']: organisation,
          sid: oneSid,
          ...client,
          api_key: apiKey,
          aud: api && reader.audience,
        }),
      })),
    ),
  )
}

/**
 * For whoever is not the operator. What was announced at once stands apart: neighbours would be the names of one person, and
 * the names at two sectors are to say nothing of one another. In an answer that tells of one alone it can be guessed.
 */
export const inNoOrder = (entries: readonly FeedEntry[]): FeedEntry[] =>
  entries
    .map((entry) => ({ entry, key: Object.values(entry.claims).join(' ') }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ entry }) => entry)

/**
 * A session's id is a name under which a browser is known: whoever reads the list must not learn which there are, so it is
 * hashed for everybody. For a program that is not the operator's all is: it recognises in its tokens whom it has seen, and
 * learns nothing of anybody else but that there was somebody.
 */
const asTold = (
  { audience, isOurs }: FeedReader,
  claims: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).flatMap(([claim, value]) => {
      if (value === undefined) return []
      const isPlain = isOurs && claim !== 'sid'
      return [isPlain ? [claim, value] : [`${claim}_hash`, hashed(audience, claim, value)]]
    }),
  )

/** Another for each API: the same person is another text in another list. What is hashed are 74 random bits, or a name of a client. */
const hashed = (audience: string, claim: string, value: string): string =>
  sha256(`${claim} ${audience} ${value}`).toString('base64url')
