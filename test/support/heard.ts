import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Listener } from '../../src/db/listener.ts'
import type { Db } from '../../src/db/types.ts'

interface Ears {
  readonly database: { readonly app: Db }
  readonly listener: Pick<Listener, 'subscribe'>
}

/**
 * Once everything that was told of until now has been heard: a notification comes after the answer of the transaction that
 * sent it, and one that is late makes whoever heard it read again what a test says is remembered. They come in the order of
 * their commits, so a word of our own comes last.
 */
export async function everythingHeard({ database, listener }: Ears): Promise<void> {
  const word = randomUUID()
  const heard = Promise.withResolvers<void>()
  await listener.subscribe(`heard_${word}`, { onMessage: () => heard.resolve(), onGap: () => heard.resolve() })
  await sql`SELECT pg_notify(${`heard_${word}`}, '')`.execute(database.app)
  await heard.promise
}
