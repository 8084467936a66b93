import type { Tx } from '../db/types.ts'
import { AppError } from '../errors/app-error.ts'
import { counts } from './license/standing.ts'
import type { LicensesDeps } from './service.ts'
import { isNear, type Limited, limitOf, type Status } from './status.ts'
import { lockLicense } from './store.ts'

export type AssertRoom = (tx: Tx, what: Limited, count: () => Promise<number>) => Promise<void>

interface Readings {
  remembered(tx: Tx): Promise<Status>
  fresh(tx: Tx): Promise<Status>
}

/**
 * Asked inside the transaction that makes one more, before it does. Where nothing is limited nothing is counted, and
 * nobody waits; where something is, those who make one follow one another, so that two never take the last place.
 */
export const assertingRoom =
  <By>(
    { log, record, byItself }: Pick<LicensesDeps<By>, 'log' | 'record' | 'byItself'>,
    { remembered, fresh }: Readings,
  ): AssertRoom =>
  async (tx, what, count) => {
    if (limitOf(await remembered(tx), what) === undefined) return
    await lockLicense(tx, what)
    // What was remembered refuses nobody: the next licence may have been installed this moment.
    const status = await fresh(tx)
    const limit = limitOf(status, what)
    if (limit === undefined) return
    const there = await count()
    // An instance that nobody could ever sign in to could not even be given a licence by its console.
    const isFirst = what === 'users' && there === 0
    const { standing } = status
    if (!standing || !counts(standing)) {
      if (isFirst) return
      throw new AppError('license-needed')
    }
    if (there >= limit && !isFirst)
      throw new AppError('license-limit-reached', { detail: `It allows ${limit} ${what}.` })
    if (isNear(there, limit) || !isNear(there + 1, limit)) return
    const facts = { limited: what, used: there + 1, limit }
    log.warn(facts, 'nine tenths of what the licence allows are used')
    await record(tx, byItself, {
      action: 'license.limit_near',
      target: standing.license.jti,
      after: { public: facts },
    })
  }
