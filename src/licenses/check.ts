import { inTransaction } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import { type Held, readHeld } from './held.ts'
import { keepTime } from './keep-time.ts'
import type { LicensesDeps } from './service.ts'
import { isWorrying, LIMITED, limitOf, nearOf, type Status, statusOf, statusSentence } from './status.ts'
import { lockLicense, markExpired, tellOfLicense } from './store.ts'

const DAY_MS = 24 * 3_600_000

/** At each start and every hour: time is kept, what has changed by time alone becomes an event, and the log says how it stands. */
export function checking<By>(deps: LicensesDeps<By>) {
  const { db, settings, clock, log, record, byItself, counts } = deps
  let told: { readonly news: string; readonly at: number } | undefined

  const near = async (status: Status) =>
    LIMITED.some((what) => limitOf(status, what)) ? nearOf(status, await counts.used()) : []

  /** Once a day, and whenever it has changed. */
  async function tell(status: Status): Promise<void> {
    const [sentence, used, at] = [statusSentence(status), await near(status), clock.now().getTime()]
    const news = [sentence, ...used.map(({ limited }) => limited)].join()
    if (told?.news === news && Math.abs(at - told.at) < DAY_MS) return
    const isNews = told !== undefined || status.standing !== undefined || isWorrying(status)
    told = { news, at }
    for (const facts of used) log.warn(facts, 'nine tenths of what the licence allows are used')
    const facts = { state: status.standing?.state ?? 'none' }
    if (isWorrying(status)) log.warn(facts, sentence)
    else if (isNews) log.info(facts, sentence)
    for (const { file, fault } of status.keys.problems)
      log.warn({ file, fault }, 'a file among the keys for licences holds no public key that can be used')
  }

  async function look(tx: Tx, held: Held): Promise<Status> {
    const status = statusOf(held, settings, clock.now())
    const { standing, setBack } = status
    const { license, clock: kept } = held.rows
    if (held.seen) {
      const setBackAt = setBack ? (kept?.setBackAt ?? clock.now()) : null
      const highest = Math.max(held.seen.highest, clock.now().getTime())
      await keepTime(tx, deps, held, { ...held.seen, highest, setBackAt })
      await tellOfLicense(tx)
      if (setBack && !kept?.setBackAt)
        await record(tx, byItself, {
          action: 'license.clock_set_back',
          target: license?.id ?? kept?.id ?? '',
          after: { public: { clock: setBack.clock.toISOString(), highest: setBack.highest.toISOString() } },
        })
    }
    if (standing?.state === 'expired' && !license?.expiredAt) {
      await markExpired(tx, clock.now())
      await record(tx, byItself, {
        action: 'license.expired',
        target: standing.license.jti,
        after: { public: { expiredAt: new Date(standing.license.exp * 1000).toISOString() } },
      })
    }
    return status
  }

  return async (): Promise<Status> => {
    await counts.anew()
    const status = await inTransaction(db, async (tx) => {
      await lockLicense(tx, 'license')
      return look(tx, await readHeld(tx, deps))
    })
    await tell(status)
    return status
  }
}
