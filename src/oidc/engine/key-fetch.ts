import type { OutgoingClient } from '../../http/outgoing/outgoing.ts'
import type { Clock } from '../../lib/clock.ts'

/** The engine asks again after a minute; what it asks for then must not be what it had. */
const AGAIN_AFTER = 59_000

/** More would be somebody who makes addresses up. */
const MOST = 1000

interface Fetched {
  readonly at: number
  readonly answer: Promise<{ readonly status: number; readonly body: Buffer }>
}

export type EngineFetch = (url: string, options: { readonly method?: string }) => Promise<Response>

/**
 * How the engine fetches the keys of an application: through the one guarded way out (threat 27), and each address once a
 * minute, whether that succeeds or fails. Anybody may send an assertion that no key fits in the name of any application; without
 * this each of them would be a request of ours to somebody else.
 */
export function keyFetch(outgoing: Pick<OutgoingClient, 'send'>, clock: Clock): EngineFetch {
  const known = new Map<string, Fetched>()

  const get = async (url: string) => {
    const answer = await outgoing.send({ method: 'GET', url, headers: { accept: 'application/json' } })
    if (!answer.ok) throw new Error(`the keys of an application could not be fetched: ${answer.error.reason}`)
    return answer.value
  }
  const recent = (url: string): Fetched => {
    const now = clock.now().getTime()
    const found = known.get(url)
    if (found && now - found.at < AGAIN_AFTER) return found
    if (known.size >= MOST) known.clear()
    const answer = get(url)
    // Whoever waits hears of it; nobody may be waiting any more.
    answer.catch(() => undefined)
    const fetched = { at: now, answer }
    known.set(url, fetched)
    return fetched
  }
  return async (url, { method }) => {
    if (method !== 'GET') throw new TypeError('the engine fetches keys and nothing else')
    const { status, body } = await recent(url).answer
    // No headers: how long its answer is good for is not the application's to say.
    return new Response(new Uint8Array(body), { status })
  }
}
