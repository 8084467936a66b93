import type { Agent, Dispatcher } from 'undici'
import { ok } from '../../lib/result.ts'
import { type AddressRules, addressRules } from './address-rules.ts'
import { failure, failureOf } from './failure.ts'
import { guardedLookup, type Resolve, refuseLiteral } from './guarded-lookup.ts'
import type { OutgoingClient, OutgoingRequest } from './outgoing.ts'
import { readBeginning, readBounded } from './read-bounded.ts'
import { strangersNames } from './strangers-names.ts'

export interface OutgoingOptions {
  /** Networks that the operator opened: these may be private, and may be reached over plain http. */
  readonly allow: readonly string[]
  readonly timeout: number
  readonly maxBytes: number
  readonly resolve?: Resolve
}

function parseTarget(text: string): URL | undefined {
  const url = URL.parse(text)
  const acceptable = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return acceptable ? url : undefined
}

type Scheme = 'http:' | 'https:'

/** Loaded with the first request: a megabyte, and most servers send none for hours. */
async function agentsFor(rules: AddressRules, options: OutgoingOptions): Promise<Record<Scheme, Agent>> {
  const { Agent } = await import('undici')
  return {
    'http:': new Agent(agentOptions(false, rules, options)),
    'https:': new Agent(agentOptions(true, rules, options)),
  }
}

const agentOptions = (
  secure: boolean,
  rules: AddressRules,
  { resolve = strangersNames(), timeout }: OutgoingOptions,
): Agent.Options => ({
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
  let made: ReturnType<typeof agentsFor> | undefined
  const agents = () => {
    made ??= agentsFor(rules, options)
    return made
  }

  const exchange = async (url: URL, request: OutgoingRequest, agent: Dispatcher) => {
    refuseLiteral(url.hostname, url.protocol === 'https:', rules)
    const { timeout = options.timeout, keep } = request
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      // Not compressed: a limit on what arrives is then a limit on what it becomes.
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      body: request.body ?? null,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      signal: AbortSignal.timeout(timeout),
    })
    const encoding = headers['content-encoding']
    const unwanted =
      statusCode >= 300 && statusCode < 400 && statusCode !== 304
        ? 'redirected'
        : keep === undefined && encoding !== undefined && encoding !== 'identity'
          ? 'encoded'
          : undefined
    if (unwanted !== undefined) {
      body.on('error', () => undefined).destroy()
      return failure(unwanted)
    }
    return ok({
      status: statusCode,
      headers,
      body: await (keep === undefined ? readBounded(body, options.maxBytes) : readBeginning(body, keep)),
    })
  }

  return {
    async send(request) {
      const url = parseTarget(request.url)
      if (url === undefined) return failure('invalid-url')
      try {
        const agent = (await agents())[url.protocol === 'https:' ? 'https:' : 'http:']
        return await exchange(url, request, agent)
      } catch (thrown) {
        return failureOf(thrown)
      }
    },
    async close() {
      const standing = Object.values((await made) ?? {})
      await Promise.all(standing.map((agent) => agent.destroy()))
    },
  }
}
