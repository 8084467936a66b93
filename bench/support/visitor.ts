import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'undici'

export interface Application {
  readonly clientId: string
  readonly redirectUri: string
  /** Of one that keeps secrets. */
  readonly clientSecret?: string
}

export interface Answered {
  readonly status: number
  readonly location: string
  readonly body: string
}

interface Ended {
  readonly status: number
  /** From the request that this answered, the last one of the browser, to its answer. */
  readonly answeredMs: number
}

/** A browser as far as HTTP sees one: it keeps cookies, says where its forms come from, and follows what it is told. */
export class Visitor {
  readonly #cookies = new Map<string, string>()
  readonly #pool: Pool
  readonly #host: string

  constructor(pool: Pool, host: string, kept: ReadonlyMap<string, string> = new Map()) {
    this.#pool = pool
    this.#host = host
    for (const [name, value] of kept) this.#cookies.set(name, value)
  }

  /** What is left when the session is over: by which an account knows the browser again. */
  kept(): Map<string, string> {
    return new Map([...this.#cookies].filter(([name]) => name.endsWith('browser')))
  }

  async get(path: string): Promise<Answered> {
    return this.#ask('GET', path)
  }

  async post(path: string, form: Readonly<Record<string, string>>): Promise<Answered> {
    return this.#ask('POST', path, new URLSearchParams(form).toString())
  }

  /** To the form, and no further: answers its path. */
  async beginSignIn(application: Application, verifier: string): Promise<string> {
    const { location } = await this.#begin(application, verifier)
    const path = pathOf(location)
    await this.get(path)
    return path
  }

  #begin({ clientId, redirectUri }: Application, verifier: string): Promise<Answered> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid email',
      state: 'bench',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    return this.get(`/oauth/authorize?${query}`)
  }

  /** The whole of it: authorize, form, password, consent skipped, code, tokens. Answers the status it ended with. */
  async signIn(application: Application, email: string, password: string): Promise<Ended> {
    const verifier = randomBytes(32).toString('base64url')
    const begun = await timed(() => this.#begin(application, verifier))
    if (begun.status !== 303) return begun
    const path = pathOf(begun.location)
    const form = await timed(() => this.get(path))
    if (form.status !== 200) return form
    const taken = await timed(() => this.post(path, { email, password }))
    return { status: await this.#finish(application, verifier, taken), answeredMs: taken.answeredMs }
  }

  async #finish(application: Application, verifier: string, taken: Answered): Promise<number> {
    if (taken.status !== 303) return taken.status
    const returned = await this.get(pathOf(taken.location))
    if (!returned.location.startsWith(application.redirectUri)) return returned.status === 303 ? 500 : returned.status
    const code = new URL(returned.location).searchParams.get('code')
    if (code === null) return 500
    const { status, body } = await this.#redeem({
      grant_type: 'authorization_code',
      client_id: application.clientId,
      redirect_uri: application.redirectUri,
      code,
      code_verifier: verifier,
    })
    return status === 200 && body.includes('"id_token"') ? 200 : status
  }

  /** The application's own request: no browser, no cookie, no origin. */
  async #redeem(form: Readonly<Record<string, string>>): Promise<Pick<Answered, 'status' | 'body'>> {
    const { statusCode, body } = await this.#pool.request({
      method: 'POST',
      path: '/oauth/token',
      headers: { host: this.#host, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    return { status: statusCode, body: await body.text() }
  }

  async #ask(method: 'GET' | 'POST', path: string, form?: string): Promise<Answered> {
    const { statusCode, headers, body } = await this.#pool.request({
      method,
      path,
      headers: {
        host: this.#host,
        accept: 'text/html',
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form !== undefined && {
          origin: `http://${this.#host}`,
          'content-type': 'application/x-www-form-urlencoded',
        }),
      },
      body: form ?? null,
    })
    for (const line of [headers['set-cookie'] ?? []].flat()) this.#keep(line)
    return { status: statusCode, location: String(headers['location'] ?? ''), body: await body.text() }
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    const isOver = value === '' || attributes.some((each) => /^\s*(expires=Thu, 01 Jan 1970|max-age=0)/i.test(each))
    if (isOver) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

async function timed(ask: () => Promise<Answered>): Promise<Answered & Ended> {
  const before = performance.now()
  const answered = await ask()
  return { ...answered, answeredMs: performance.now() - before }
}

/** Of a location, which may be absolute. */
const pathOf = (location: string): string => {
  const { pathname, search } = new URL(location, 'http://nowhere')
  return `${pathname}${search}`
}
