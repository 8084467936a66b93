import { Agent, type Dispatcher } from 'undici'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type AddressRules, addressRules } from './address-rules.ts'
import { AddressRefused, guardedLookup, type Resolve, refuseLiteral, systemResolve } from './guarded-lookup.ts'
import { AnswerTooLarge, readBounded } from './read-bounded.ts'

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/**
 * `address-refused`: the operator has not allowed to go there. `redirected`: a redirect is an answer and never followed.
 * `encoded`: a compressed answer that was not asked for, and that no size limit would bound.
 */
export type OutgoingFailure = {
  readonly reason:
    | 'invalid-url'
    | 'address-refused'
    | 'redirected'
    | 'encoded'
    | 'too-large'
    | 'timeout'
    | 'unreachable'
  readonly cause?: unknown
}

export interface OutgoingClient {
  send(request: OutgoingRequest): Promise<Result<OutgoingAnswer, OutgoingFailure>>
  close(): Promise<void>
}

export interface OutgoingOptions {
  /** Networks that the operator opened: these may be private, and may be reached over plain http. */
  readonly allow: readonly string[]
  readonly timeout: number
  readonly maxBytes: number
  readonly resolve?: Resolve
}

const failure = (reason: OutgoingFailure['reason'], cause?: unknown) =>
  fail<OutgoingFailure>(cause === undefined ? { reason } : { reason, cause })

function parseTarget(text: string): URL | undefined {
  const url = URL.parse(text)
  const acceptable = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return acceptable ? url : undefined
}

function failureOf(thrown: unknown): Result<never, OutgoingFailure> {
  const names = [thrown, thrown instanceof Error ? thrown.cause : undefined].map((e) =>
    e instanceof Error ? e.name : '',
  )
  if (names.includes(AddressRefused.name)) return failure('address-refused')
  if (names.includes(AnswerTooLarge.name)) return failure('too-large')
  if (names.some((name) => /Timeout/.test(name))) return failure('timeout')
  return failure('unreachable', thrown)
}

const agentFor = (secure: boolean, rules: AddressRules, { resolve = systemResolve, timeout }: OutgoingOptions): Agent =>
  new Agent({
    connect: { lookup: guardedLookup(resolve, rules, secure), timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxHeaderSize: 16 * 1024,
    connections: 16,
    // What was judged at connect is judged again soon.
    keepAliveTimeout: 5_000,
    keepAliveMaxTimeout: 5_000,
  })

/**
 * The one way out. Whatever a stranger can make us fetch (`jwks_uri`, webhooks, logout, federation) is fetched here: by
 * address rules checked at connect, without redirects, cookies or proxies from the environment, bounded in time and size.
 */
export function createOutgoingClient(options: OutgoingOptions): OutgoingClient {
  const rules = addressRules(options.allow)
  const agents = {
    'http:': agentFor(false, rules, options),
    'https:': agentFor(true, rules, options),
  }

  const exchange = async (url: URL, request: OutgoingRequest, agent: Dispatcher) => {
    refuseLiteral(url.hostname, url.protocol === 'https:', rules)
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      // Not compressed: a limit on what arrives is then a limit on what it becomes.
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      body: request.body ?? null,
      signal: AbortSignal.timeout(options.timeout),
    })
    const encoding = headers['content-encoding']
    const unwanted =
      statusCode >= 300 && statusCode < 400 && statusCode !== 304
        ? 'redirected'
        : encoding !== undefined && encoding !== 'identity'
          ? 'encoded'
          : undefined
    if (unwanted !== undefined) {
      body.on('error', () => undefined).destroy()
      return failure(unwanted)
    }
    return ok({
      status: statusCode,
      headers,
      body: await readBounded(body, options.maxBytes),
    })
  }

  return {
    async send(request) {
      const url = parseTarget(request.url)
      if (url === undefined) return failure('invalid-url')
      try {
        return await exchange(url, request, agents[url.protocol === 'https:' ? 'https:' : 'http:'])
      } catch (thrown) {
        return failureOf(thrown)
      }
    },
    async close() {
      await Promise.all([agents['http:'].destroy(), agents['https:'].destroy()])
    },
  }
}
