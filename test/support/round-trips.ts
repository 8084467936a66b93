import { Client } from 'pg'
import { onTestFinished, vi } from 'vitest'
import { textOf } from './statements.ts'

/** What was sent to the database before anybody waited for an answer: the texts of one connection, in their order. */
export type RoundTrip = readonly string[]

interface Owing {
  /** Statements that the connection has not answered yet. */
  answers: number
  trip: string[]
}

const owing = new WeakMap<Client, Owing>()

/**
 * A round trip begins with a statement on a connection that owes no answer, and takes along what is sent before the
 * connection has answered.
 */
export async function roundTripsDuring(work: () => Promise<unknown>): Promise<RoundTrip[]> {
  const trips: RoundTrip[] = []
  const { query } = Client.prototype
  const spy = vi.spyOn(Client.prototype, 'query')
  spy.mockImplementation(function counted(this: Client, ...args: unknown[]) {
    const owed = owing.get(this) ?? watched(this)
    if (owed.answers === 0) {
      owed.trip = []
      trips.push(owed.trip)
    }
    owed.answers += 1
    owed.trip.push(textOf(args[0]))
    return Reflect.apply(query, this, args)
  })
  onTestFinished(() => spy.mockRestore())
  await work()
  spy.mockRestore()
  return trips
}

function watched(client: Client): Owing {
  const owed: Owing = { answers: 0, trip: [] }
  owing.set(client, owed)
  // What speaks the protocol under a client.
  const connection: unknown = Reflect.get(client, 'connection')
  if (typeof connection !== 'object' || connection === null) throw new TypeError('a client without a connection')
  const heard = () => {
    owed.answers = Math.max(0, owed.answers - 1)
  }
  Reflect.apply(Reflect.get(connection, 'prependListener'), connection, ['readyForQuery', heard])
  return owed
}
