import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { signedBy } from '../keys/jws.ts'
import type { AuditKeys } from '../keys/service.ts'
import { HEAD_TYPE } from '../verify/log-keys.ts'
import type { HeadPayload } from './checkpoint.ts'
import { findHead, insertCheckpoint, lastCheckpoint, latestWithin } from './store.ts'

export interface SignDeps {
  readonly owner: Db
  readonly keys: Pick<AuditKeys, 'hold'>
  readonly issuer: string
  readonly clock: Clock
}

/**
 * Signs where the chain ends now: whoever keeps that can tell whether anything before it was changed since, and whether what was
 * there then still is. Answers up to which entry; nothing where all was signed already.
 */
export const signHead = ({ owner, keys, issuer, clock }: SignDeps): Promise<number | undefined> =>
  inInstance(owner, async (tx) => {
    const key = await keys.hold(tx)
    if (!key) return undefined
    // Read once the key is held: whoever signed just now has committed.
    const { seq, hash } = await findHead(tx)
    const firstSeq = ((await lastCheckpoint(tx))?.seq ?? 0) + 1
    if (seq < firstSeq) return undefined
    const at = clock.now()
    const payload: HeadPayload = { iss: issuer, seq, first: firstSeq, head: hash.toString('hex'), at: at.toISOString() }
    const jws = await signedBy(key, HEAD_TYPE, payload)
    // What says that it is yet to happen would keep its segment, and all behind it, from retention for as long.
    const latest = await latestWithin(tx, firstSeq, seq)
    const lastAt = latest && latest < at ? latest : at
    await insertCheckpoint(tx, { seq, firstSeq, hash, at, lastAt, jws, key: key.id })
    return seq
  })
