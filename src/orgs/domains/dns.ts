import { NODATA, NOTFOUND, Resolver } from 'node:dns/promises'
import { errorCode } from '../../lib/error-code.ts'
import { fail, ok } from '../../lib/result.ts'
import type { LookUpText } from './ports.ts'

interface DnsOptions {
  /** Milliseconds, for one try. */
  readonly timeout?: number
  /** Those of the machine, where none are named. */
  readonly servers?: readonly string[]
}

const absent = new Set<string | undefined>([NOTFOUND, NODATA])
const MOST_RECORDS = 100

/** Asked anew each time: what the system remembers may be the answer from before the record was there. */
export function dnsLookUp({ timeout = 3000, servers }: DnsOptions = {}): LookUpText {
  return async (name) => {
    const resolver = new Resolver({ timeout, tries: 2 })
    if (servers) resolver.setServers(servers)
    try {
      const records = await resolver.resolveTxt(name)
      return ok(records.slice(0, MOST_RECORDS).map((pieces) => pieces.join('')))
    } catch (error) {
      return fail(absent.has(errorCode(error)) ? 'not-found' : 'unreachable')
    } finally {
      resolver.cancel()
    }
  }
}
