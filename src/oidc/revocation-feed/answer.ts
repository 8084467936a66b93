import { SignJWT } from 'jose'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Announced, Revocations } from '../ports.ts'
import type { Subjects } from '../subjects.ts'
import { type ClientClaim, entriesOf, formsIn, inNoOrder } from './entry.ts'
import { clientsOfApi, isHandedTokens, sectorsFor } from './known-store.ts'
import type { FeedReader } from './reader.ts'

/** No access token, by its type (RFC 8725 §3.11), whoever takes one for the other. */
export const FEED_TYPE = 'revocations+jwt'

/** For so long an answer may be told again by whoever stands between us and the reader. */
const LIVES_SECONDS = 60

interface AnswerDeps {
  readonly issuer: string
  readonly db: Db
  readonly revocations: Revocations
  readonly subjects: Pick<Subjects, 'subjectFor' | 'sidFor'>
  readonly clock: Clock
}

export interface Asked {
  readonly after: string | undefined
  readonly limit: number
}

export type AnswerFeed = (reader: FeedReader, asked: Asked) => Promise<Result<string, 'after-invalid'>>

export const answeringFeed =
  (deps: AnswerDeps): AnswerFeed =>
  async (reader, { after, limit }) => {
    const page = await pageFor(deps, reader, { after, limit })
    if (!page.ok) return fail(page.error)
    const { next, more, sequence, told } = page.value
    const iat = Math.floor(deps.clock.now().getTime() / 1000)
    const payload = {
      iss: deps.issuer,
      aud: reader.audience,
      iat,
      exp: iat + LIVES_SECONDS,
      seq: sequence,
      // To which question: an answer to another one is none.
      ...(after !== undefined && { after }),
      next,
      more,
      entries: told,
    }
    const { algorithm: alg, kid, privateKey } = reader.key
    return ok(await new SignJWT(payload).setProtectedHeader({ alg, typ: FEED_TYPE, kid }).sign(privateKey))
  }

/** Names of persons and sessions in one answer: each is a hash to be made and a line to be read. */
const MOST_NAMES = 5000

/**
 * An announcement is told under as many names as there are sectors, and applications that register themselves bring theirs along: a
 * page of so many announcements would keep everybody else waiting for seconds. So the page is shorter, and there are more.
 * Where there is nothing to tell, nothing more is asked of the database.
 */
async function pageFor({ db, revocations, subjects }: AnswerDeps, reader: FeedReader, { after, limit }: Asked) {
  const page = await revocations.since(after, limit)
  if (!page.ok) return page
  const concerning = await concerningApi(db, reader, page.value.entries)
  if (concerning.length === 0) return ok({ ...page.value, told: [] })
  const sectors = await sectorsFor(db, reader.api)
  const most = Math.max(1, Math.floor(MOST_NAMES / (1 + sectors.length)))
  const shorter = concerning.length > most ? await revocations.since(after, most) : page
  if (!shorter.ok) return shorter
  const kept = shorter === page ? concerning : await concerningApi(db, reader, shorter.value.entries)
  const forms = formsIn(subjects, sectors)
  const told = kept.flatMap(({ entry, ofClient }) => entriesOf(entry, reader, { ...forms, ofClient }))
  return ok({ ...shorter.value, told: reader.isOurs ? told : inNoOrder(told) })
}

interface Concerning {
  readonly entry: Announced
  /** As what the client of the entry stands in tokens for the API. */
  readonly ofClient: readonly ClientClaim[]
}

/** A program's own tokens are handed on by nobody. */
const isOfProgram = ({ sub, clientId }: Announced): boolean => sub !== undefined && sub === clientId

/**
 * What one person had of one client dies at that client's APIs, and at those to which tokens are handed on, whoever they were
 * issued to first. An entry about a whole client stays: that it lost this API may be the very reason.
 */
async function concerningApi(db: Db, { api }: FeedReader, all: readonly Announced[]): Promise<Concerning[]> {
  const entries = all.filter((entry) => entry.api === undefined || entry.api === api)
  if (api === undefined) return entries.map((entry) => ({ entry, ofClient: ['client_id'] }))
  const ofOne = (entry: Announced) => (entry.sub !== undefined && !isOfProgram(entry) ? entry.clientId : undefined)
  const named = new Set(entries.flatMap((entry) => ofOne(entry) ?? []))
  const theirs = await clientsOfApi(db, api, [...named])
  const mayBeOrigin = (entry: Announced) => entry.clientId !== undefined && !isOfProgram(entry)
  const isHanded = entries.some(mayBeOrigin) && (await isHandedTokens(db, api))
  return entries.flatMap((entry) => {
    const client = ofOne(entry)
    const ofClient: ClientClaim[] = [
      ...(client === undefined || theirs.has(client) ? (['client_id'] as const) : []),
      ...(isHanded && mayBeOrigin(entry) ? (['origin_client_id'] as const) : []),
    ]
    return ofClient.length > 0 ? [{ entry, ofClient }] : []
  })
}
