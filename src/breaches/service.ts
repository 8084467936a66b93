import { AppError } from '../errors/app-error.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import type { Finding } from './breaches.ts'
import { isPattern } from './common/pattern.ts'
import { shippedFilter } from './common/shipped.ts'
import { stemsOf } from './common/stems.ts'
import { type Filter, loadFilter, openFilter } from './filter/reader.ts'
import { keyOf, sha1Of } from './password-key.ts'
import { rangeService } from './range-service.ts'

export interface Breaches {
  /**
   * Throws `breach-list-unusable` where the operator's filter cannot be read: "unknown" would be a lie. A new password
   * is refused then; at a sign-in, where the password was right, the caller lets the person pass and logs it.
   */
  find(password: Secret<string>): Promise<Finding>
  close(): Promise<void>
}

interface BreachSettings {
  /** The operator's filter. */
  readonly filter?: string | undefined
  /** `off`, or the address of a service that is asked by range. */
  readonly service: string
}

interface BreachesDeps {
  readonly settings: BreachSettings
  /** Needed where a service is set. */
  readonly outgoing?: Pick<OutgoingClient, 'send'>
  readonly clock: Clock
  readonly log: Log
}

/** Costs nothing until it is asked; then a quarter of a megabyte, an open file, and of each look-up a few kilobytes for its time. */
export function createBreaches({ settings, outgoing, clock, log }: BreachesDeps): Breaches {
  const shipped = opened(() => loadFilter(shippedFilter))
  const { filter: path } = settings
  const own = path === undefined ? undefined : opened(() => openFilter(path))
  const service = serviceOf()

  function serviceOf() {
    if (settings.service === 'off') return undefined
    if (!outgoing) throw new Error('a service for breached passwords is set, and nothing to reach it with')
    return rangeService({ address: settings.service, outgoing, clock, log })
  }

  async function isCommon(text: string): Promise<boolean> {
    if (isPattern(text.toLowerCase())) return true
    const filter = await shipped.filter()
    for (const stem of stemsOf(text)) if (await filter.has(keyOf(sha1Of(new Secret(stem))))) return true
    return false
  }

  /** Which file it is, and what is wrong with it, is for the log: a stranger may be the one who is told of the error. */
  async function isInFilter(sha1: Buffer): Promise<boolean> {
    try {
      return own !== undefined && (await (await own.filter()).has(keyOf(sha1)))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.error({ err: error }, 'breached passwords: the filter cannot be read, so no new password is taken')
      throw new AppError(error.code, { cause: error })
    }
  }

  async function find(password: Secret<string>): Promise<Finding> {
    if (await isCommon(password.reveal())) return 'common'
    const sha1 = sha1Of(password)
    if (await isInFilter(sha1)) return 'breached'
    return (await service?.has(sha1)) ? 'breached' : 'unknown'
  }

  return {
    find,
    close: async () => void (await Promise.all([shipped.close(), own?.close()])),
  }
}

/** Opened by the first who asks; a failure is not remembered, so that a mended file is found without a restart. */
function opened(open: () => Promise<Filter>) {
  let opening: Promise<Filter> | undefined
  return {
    filter: () => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined
        throw error
      })
      return opening
    },
    close: async () => {
      const filter = await opening?.catch(() => undefined)
      opening = undefined
      await filter?.close()
    },
  }
}
