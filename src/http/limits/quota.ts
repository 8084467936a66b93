/** One limit, as it stands for whoever asked. */
export interface Quota {
  /** `sign-in.email`; a key of a structured field: plain ASCII, no quotes. */
  readonly name: string
  readonly limit: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Until there is more than what remains. */
  readonly resetSeconds: number
}

/** What a limiter says to a surface. */
export type LimitVerdict =
  | { readonly ok: true; readonly quotas: readonly Quota[] }
  | { readonly ok: false; readonly quotas: readonly Quota[]; readonly retryAfterSeconds: number }

export type LimitRefusal = LimitVerdict & { readonly ok: false }

/**
 * draft-ietf-httpapi-ratelimit-headers-11: two lists of structured fields (RFC 9651). Programs read them; whoever reads
 * `Retry-After` alone is served too.
 */
export function quotaHeaders(quotas: readonly Quota[]): Record<string, string> {
  if (quotas.length === 0) return {}
  return {
    'RateLimit-Policy': quotas
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    RateLimit: quotas
      .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  }
}
