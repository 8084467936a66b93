import type { OrgTx } from './transaction.ts'

/**
 * Something that may have changed until it is needed, or how to find it out then. On whose authority a change is made is
 * such a thing: what was found before the change had its turn may be what somebody was allowed yesterday.
 */
export type Asked<A> = A | ((tx: OrgTx) => Promise<A>)

const isQuestion = <A>(asked: Asked<A>): asked is (tx: OrgTx) => Promise<A> => typeof asked === 'function'

/** In the transaction of the change, and under its locks. */
export const answerIn = async <A extends object>(tx: OrgTx, asked: Asked<A>): Promise<A> =>
  isQuestion(asked) ? asked(tx) : asked
