import type { Fetch } from './client-token.ts'
import { RevocationFeedError } from './revocation-answer.ts'

const MOST_BYTES = 16 * 1024 * 1024
export const ANSWER_MS = 10_000

interface RequestOptions {
  readonly issuer: string
  readonly api: string
  readonly token: { get(signal: AbortSignal): Promise<string>; forget(): void }
  readonly fetch: Fetch
}

/** One page, as it came. `lost`: the server does not know the place any more from which it was to go on. */
export type AskFeed = (after: string | undefined, stopped: AbortSignal) => Promise<string | 'lost'>

export function askingFeed({ issuer, api, token, fetch }: RequestOptions): AskFeed {
  const send = async (after: string | undefined, signal: AbortSignal): Promise<Response> => {
    const url = new URL('/oauth/revocations', issuer)
    url.searchParams.set('api', api)
    if (after !== undefined) url.searchParams.set('after', after)
    const headers = { authorization: `Bearer ${await token.get(signal)}`, accept: 'application/revocations+jwt' }
    return fetch(url.href, { headers, redirect: 'error', signal })
  }
  const ask = async (after: string | undefined, signal: AbortSignal): Promise<string | 'lost'> => {
    let answer = await send(after, signal)
    if (answer.status === 401) {
      await answer.body?.cancel()
      token.forget()
      answer = await send(after, signal)
    }
    if (answer.ok) return bounded(answer)
    await answer.body?.cancel()
    if (answer.status === 400 && after !== undefined) return 'lost'
    throw new RevocationFeedError('refused', `the server answered ${answer.status}`)
  }
  return (after, stopped) =>
    ask(after, AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS)])).catch((cause: unknown) => {
      if (cause instanceof RevocationFeedError) throw cause
      throw new RevocationFeedError('unreachable', 'the server was not reached', { cause })
    })
}

async function bounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MOST_BYTES) throw new RevocationFeedError('too-large', 'an answer is larger than any should be')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
