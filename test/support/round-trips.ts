import { Connection } from 'pg'
import { onTestFinished, vi } from 'vitest'

export interface Asked {
  /** How often somebody waited for the database. */
  readonly trips: number
  readonly statements: number
}

/** Statements that a connection has been sent and has not answered yet. */
const owed = new WeakMap<Connection, { answers: number }>()

/**
 * Counted where statements leave for the database. A round trip begins with one on a connection that owes no answer, and
 * takes along what is sent before the connection has answered.
 */
export async function roundTripsDuring(work: () => Promise<unknown>): Promise<Asked> {
  let [trips, statements] = [0, 0]
  const sent = (connection: Connection) => {
    const owing = owed.get(connection) ?? watched(connection)
    if (owing.answers === 0) trips += 1
    owing.answers += 1
    statements += 1
  }
  const spies = (['query', 'sync'] as const).map((name) => {
    const send = Connection.prototype[name]
    return vi.spyOn(Connection.prototype, name).mockImplementation(function counted(
      this: Connection,
      ...args: unknown[]
    ) {
      sent(this)
      return Reflect.apply(send, this, args)
    })
  })
  const restore = () => {
    for (const spy of spies) spy.mockRestore()
  }
  onTestFinished(restore)
  await work()
  restore()
  return { trips, statements }
}

function watched(connection: Connection) {
  const owing = { answers: 0 }
  owed.set(connection, owing)
  connection.prependListener('readyForQuery', () => {
    owing.answers = Math.max(0, owing.answers - 1)
  })
  return owing
}
