import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import type { Resolve } from './guarded-lookup.ts'
import { inHostsFile } from './hosts-file.ts'

interface StrangersNamesOptions {
  /** Of the system where nothing is said. */
  readonly servers?: readonly string[]
  readonly hostsFile?: string
}

/**
 * The look-up of the system occupies a thread that nobody can call back, two of them at most: whoever has a name server that
 * never answers would stop every look-up of the process, that of the mail server too. So a stranger's name is asked for over
 * a socket of our own, with an end. The system is asked for what nobody knows there (a search domain, mDNS), one name at a time.
 */
export function strangersNames({ servers, hostsFile = '/etc/hosts' }: StrangersNamesOptions = {}): Resolve {
  let atSystem: Promise<unknown> = Promise.resolve()
  /** Anew for each name: the servers of the system are read when it is made, and may be others by then. */
  const ourResolver = () => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (servers) resolver.setServers(servers)
    return resolver
  }
  const askSystem: Resolve = (hostname) => {
    const asked = atSystem.then(() => lookup(hostname, { all: true, verbatim: true }))
    atSystem = asked.catch(() => undefined)
    return asked
  }
  return async (hostname) => {
    const own = await inHostsFile(hostname, hostsFile)
    if (own.length > 0) return own
    const resolver = ourResolver()
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = [...addressesOf(four, 4), ...addressesOf(six, 6)]
    if (found.length > 0) return found
    const errors = [four, six].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    const silent = errors.find((error) => isSilence(error))
    if (silent) throw silent
    return askSystem(hostname)
  }
}

const addressesOf = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : []

/** Whoever was silent once is not asked again by somebody who cannot be called back. */
const isSilence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ETIMEOUT' || error.code === 'ECANCELLED')
