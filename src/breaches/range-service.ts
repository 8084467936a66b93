import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

export interface RangeService {
  has(sha1: Buffer): Promise<boolean>
}

interface RangeServiceDeps {
  /** Without a slash at the end. */
  readonly address: string
  readonly outgoing: Pick<OutgoingClient, 'send'>
  readonly clock: Clock
  readonly log: Log
}

const PREFIX_DIGITS = 5
/** A person waits for it. */
const DEADLINE_MS = 2_000
const WARN_EVERY_MS = 60_000

/**
 * The web service that is asked by range (k-anonymity): five of forty digits leave this server, and hundreds of hashes
 * that begin so come back. Padding hides from the network how many. An outage is "not known": whoever can stop one
 * service on the internet must not be able to stop every change of a password here. The offline filter fails closed.
 */
export function rangeService({ address, outgoing, clock, log }: RangeServiceDeps): RangeService {
  let warnedAt = Number.NEGATIVE_INFINITY

  function warn(reason: string): void {
    const now = clock.now().getTime()
    if (now - warnedAt < WARN_EVERY_MS) return
    warnedAt = now
    log.warn({ reason, service: address }, 'breached passwords: the web service does not answer and is passed over')
  }

  async function fetchRange(prefix: string): Promise<string | undefined> {
    const request = { method: 'GET', url: `${address}/range/${prefix}`, headers: requestHeaders } as const
    const answer = await inTime(outgoing.send(request))
    if (answer === undefined) warn('timeout')
    else if (!answer.ok) warn(answer.error.reason)
    else if (answer.value.status !== 200) warn(`status ${answer.value.status}`)
    else return answer.value.body.toString('latin1')
    return undefined
  }

  return {
    async has(sha1) {
      const digits = sha1.toString('hex').toUpperCase()
      const range = await fetchRange(digits.slice(0, PREFIX_DIGITS))
      return range !== undefined && names(range, digits.slice(PREFIX_DIGITS))
    },
  }
}

const requestHeaders = { 'add-padding': 'true', 'user-agent': 'Hearthkey' }

/** A suffix with the count 0 is padding. */
const names = (range: string, suffix: string): boolean =>
  range.split('\n').some((line) => {
    const [digits = '', count = ''] = line.trim().split(':')
    return digits.toUpperCase() === suffix && /^0*[1-9]/.test(count)
  })

/** What comes too late comes to nobody; the client bounds how long it goes on. */
async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, DEADLINE_MS, undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
