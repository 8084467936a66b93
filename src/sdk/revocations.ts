import { createRemoteJWKSet, customFetch } from 'jose'
import { clientToken, type Fetch } from './client-token.ts'
import { polling } from './poll.ts'
import { openAnswer, RevocationFeedError } from './revocation-answer.ts'
import { ANSWER_MS, askingFeed } from './revocation-request.ts'
import { type RevocationStore, readState, writeState } from './revocation-state.ts'
import { revokedClaims } from './revoked-claims.ts'

export { RevocationFeedError, type RevocationStore }

/** `unknown`: the reader cannot say, mostly because it has not heard of the server for too long. */
export type RevocationVerdict = 'no' | 'revoked' | 'unknown'

interface Common {
  /** Address of the server, as `iss` says it. */
  readonly issuer: string
  /** The audience of this service's tokens, as `aud` says it. */
  readonly api: string
  /** Of an API with keys of its own: `/oauth/apis/<id>/jwks` of the server. Left out: the keys of the server. */
  readonly jwksUri?: string
  /** Milliseconds between two questions. */
  readonly every?: number
  /** Milliseconds after which what was heard last is too old to rely on. */
  readonly staleAfter?: number
  /** What then is said of a token of which nothing bad is known: `refuse` says `unknown`, `accept` says `no`. */
  readonly onStale?: 'refuse' | 'accept'
  /** Milliseconds by which the clocks of the two may differ. */
  readonly clockTolerance?: number
  /** Entries that are kept in memory at most. Of tokens from before the oldest that had to go it says `unknown`. */
  readonly most?: number
  /** So that a restart need not begin anew. */
  readonly store?: RevocationStore
  readonly clock?: { now(): Date }
  readonly fetch?: Fetch
  /** What went wrong; the next question is asked all the same. */
  readonly onError?: (error: unknown) => void
}

type Asks =
  /** A token for the server itself, however the service gets it. */
  | { readonly fetchToken: (signal: AbortSignal) => Promise<string> }
  | { readonly clientId: string; readonly clientSecret: string }

export type RevocationReaderOptions = Common & Asks

export interface RevocationReader {
  /**
   * Of a token whose signature, issuer, audience and expiry were found to be right. Answered from memory: it waits for
   * nothing. What is known to be revoked is so however old the news is.
   */
  isRevoked(claims: Readonly<Record<string, unknown>>): RevocationVerdict
  /** When all has been heard once that there was; rejects when the reader is stopped before. */
  ready(): Promise<void>
  /** Asks now. Rejects with what `onError` is told otherwise. */
  refresh(): Promise<void>
  /** Since when nothing was heard, for a page about the service's health; undefined where nothing was heard yet. */
  heardAt(): Date | undefined
  stop(): void
}

const MOST_PAGES = 10_000

/** Begins to ask at once, and goes on until it is stopped. It keeps no process alive. */
export function createRevocationReader(options: RevocationReaderOptions): RevocationReader {
  const { issuer, api, every = 5_000, staleAfter = 60_000, onStale = 'refuse', clockTolerance = 30_000 } = options
  const { most = 200_000, store, clock = { now: () => new Date() }, onError = () => {} } = options
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))
  const now = () => clock.now().getTime()
  const keys = createRemoteJWKSet(new URL(options.jwksUri ?? '/oauth/jwks', issuer), {
    timeoutDuration: ANSWER_MS,
    [customFetch]: (url: string, init: RequestInit) => fetch(url, init),
  })
  const token =
    'fetchToken' in options
      ? { get: options.fetchToken, forget: () => {} }
      : clientToken(issuer, options, { fetch, now })
  const ask = askingFeed({ issuer, api, token, fetch })

  const started = Promise.withResolvers<void>()
  // Nobody has to wait for it.
  started.promise.catch(() => {})
  let known = revokedClaims(api, most)
  let next: string | undefined
  let lastSeq: number | undefined
  let heardAt: number | undefined
  let isLoaded = store === undefined

  const load = async (): Promise<void> => {
    const text = await store?.load()
    isLoaded = true
    const state = text === undefined ? undefined : readState(text, { issuer, api })
    if (!state) return
    ;({ next, seq: lastSeq } = state)
    known = revokedClaims(api, most, state)
  }

  /** True when there is more to be had at once. What was known stays known, whatever is answered. */
  const readPage = async (stopped: AbortSignal): Promise<boolean> => {
    const [after, askedAt] = [next, now()]
    const text = await ask(after, stopped)
    if (text === 'lost') {
      next = undefined
      return true
    }
    const tolerance = clockTolerance / 1000
    const answer = await openAnswer(text, { issuer, api, keys, now: clock.now(), tolerance, after, lastSeq })
    for (const entry of answer.entries) known.add(entry)
    ;({ next, seq: lastSeq } = answer)
    // An answer that somebody has kept is as old as it was written, and one of a clock ahead of ours as old as the question.
    if (!answer.more) heardAt = Math.min(askedAt, answer.writtenAt + 1000)
    return answer.more
  }

  const round = async (stopped: AbortSignal): Promise<void> => {
    if (!isLoaded) await load()
    let pages = 0
    while (await readPage(stopped)) {
      pages += 1
      if (pages > MOST_PAGES) throw new RevocationFeedError('content-invalid', 'there is no end of pages')
    }
    known.forgetBefore((now() - clockTolerance) / 1000)
    started.resolve()
    if (next !== undefined && lastSeq !== undefined)
      await store?.save(writeState({ issuer, api, next, seq: lastSeq, ...known.all() }))
  }

  const isStale = (): boolean => {
    if (heardAt === undefined) return true
    const age = now() - heardAt
    // A clock that was set back would make old news young.
    return age > staleAfter || age < -clockTolerance
  }

  const poll = polling({ work: round, every, onError })
  return {
    isRevoked: (claims) => {
      const found = known.judge(claims, now() / 1000)
      if (found === 'revoked') return 'revoked'
      return found === 'beyond' || (onStale === 'refuse' && isStale()) ? 'unknown' : 'no'
    },
    ready: () => started.promise,
    refresh: poll.run,
    heardAt: () => (heardAt === undefined ? undefined : new Date(heardAt)),
    stop: () => {
      poll.stop()
      started.reject(new Error('the reader was stopped'))
    },
  }
}
