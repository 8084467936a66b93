import type { Pool } from 'pg'
import type { Db as QueueDb } from 'pg-boss'
import type { Listener } from '../db/listener.ts'

export type Queryable = Pick<Pool, 'query'>

/**
 * The owner's pool, for the engine. It must be a pool: several of the engine's statements come as one text with its
 * own BEGIN and COMMIT, and a pool throws away the connection on which such a text failed half-way.
 */
export type OwnerPool = Pick<Pool, 'query' | 'connect'>

export const queueDb = (connection: Queryable): QueueDb => ({
  executeSql: (text, values) => (values ? connection.query(text, values) : connection.query(text)),
})

/** The same with the server's one listening connection, so that a committed job wakes its worker at once. */
export const listeningQueueDb = (pool: OwnerPool, listener: Listener): QueueDb => ({
  ...queueDb(pool),
  listen: async (channel, onMessage, onReconnect) => {
    let open = true
    const whileOpen = (call: () => void) => () => {
      if (open) call()
    }
    await listener.subscribe(channel, {
      onMessage: (payload) => whileOpen(() => onMessage(payload))(),
      onGap: whileOpen(onReconnect),
    })
    onReconnect()
    return {
      close: async () => {
        open = false
      },
    }
  },
})
