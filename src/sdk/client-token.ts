import { RevocationFeedError } from './revocation-answer.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Of a program that is registered with `client_credentials` and `client_secret_basic`. */
interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

const EARLY_MS = 30_000

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** RFC 6749 §2.3.1: form-encoded first, so that a colon in an id is none between the two. */
const encoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** A token for the server itself, kept until shortly before it expires. */
export function clientToken(
  issuer: string,
  { clientId, clientSecret }: ClientCredentials,
  { fetch, now }: { readonly fetch: Fetch; readonly now: () => number },
) {
  let kept: { readonly token: string; readonly until: number } | undefined
  const ask = async (signal: AbortSignal): Promise<string> => {
    const answer = await fetch(new URL('/oauth/token', issuer).href, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(clientSecret)}`).toString('base64')}`,
        accept: 'application/json',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: issuer }),
      redirect: 'error',
      signal,
    })
    const body: unknown = await answer.json().catch(() => undefined)
    const { access_token: token, expires_in: seconds } = isFields(body) ? body : {}
    if (!answer.ok || typeof token !== 'string')
      throw new RevocationFeedError('refused', `the token endpoint answered ${answer.status}`)
    const lives = typeof seconds === 'number' ? seconds * 1000 : 0
    kept = { token, until: now() + lives - EARLY_MS }
    return token
  }
  return {
    get: async (signal: AbortSignal): Promise<string> => (kept && now() < kept.until ? kept.token : ask(signal)),
    /** It was refused: another may do. */
    forget: (): void => {
      kept = undefined
    },
  }
}
