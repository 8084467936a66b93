import type { Lifetimes, Span } from '../../config/lifetimes.ts'
import type { Client } from '../clients/client.ts'

/** Seconds. */
interface AccessTokenTtl {
  readonly instance: number
  /** Null or absent: it says nothing. */
  readonly api?: number | null
  readonly client?: number | null
}

/** Whoever says something makes it shorter than the other who does; where neither does, it is the instance's. */
export function accessTokenTtl({ instance, api = null, client = null }: AccessTokenTtl): number {
  const said = [api, client].filter((ttl) => ttl !== null)
  return said.length > 0 ? Math.min(...said) : instance
}

type Own = Pick<Client, 'refreshIdleTtl' | 'refreshAbsoluteTtl'>

/** What an application has of its own counts for both kinds. Milliseconds. */
export function refreshSpan(instance: Lifetimes, client: Own, outlivesSession: boolean): Span {
  const usual = outlivesSession ? instance.offline : instance.refresh
  const absolute = inMs(client.refreshAbsoluteTtl) ?? usual.absolute
  return { idle: Math.min(inMs(client.refreshIdleTtl) ?? usual.idle, absolute), absolute }
}

const inMs = (seconds: number | null): number | undefined => (seconds === null ? undefined : seconds * 1000)

export interface Begun {
  /** The first refresh token of the family was issued. */
  readonly at: Date
  /** When the session began that it ends with; undefined where it outlives it. */
  readonly session: Date | undefined
}

/** After this even one that is used is over. */
export function endOf(instance: Lifetimes, client: Own, { at, session }: Begun): Date {
  const { absolute } = refreshSpan(instance, client, session === undefined)
  const end = at.getTime() + absolute
  return new Date(session ? Math.min(end, session.getTime() + instance.session.absolute) : end)
}

/** When it is over if nobody uses it from now on. */
export function expiryOf(instance: Lifetimes, client: Own, begun: Begun, now: Date): Date {
  const { idle } = refreshSpan(instance, client, begun.session === undefined)
  return new Date(Math.min(now.getTime() + idle, endOf(instance, client, begun).getTime()))
}
